/** Writes what entries refer to a schema of their own repository by, as Python atdata reads it. */
export function localSchemaRef(name: string, version: string): string {
  return `atdata://local/schema/${name}@${version}`;
}

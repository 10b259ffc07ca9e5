/** Writes a reference to a type shortly: schemas that this library publishes have name and version as keys of their records. */
export function typeText(schema: string): string {
  const [, name, version] =
    /^at:\/\/[^/]+\/science\.alt\.dataset\.schema\/([^/:]+):(\d+\.\d+\.\d+)$/.exec(schema) ?? [];
  return name === undefined ? schema : `${name}@${version}`;
}

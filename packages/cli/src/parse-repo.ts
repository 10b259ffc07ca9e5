/** Takes the name of a repository, a handle or a DID, with an `@` before it or without. */
export function parseRepo(text: string): string {
  return text.replace(/^@/, "");
}

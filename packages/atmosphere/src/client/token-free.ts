const TOKENS = /\b(Bearer|DPoP)\s+[^\s"',;]+|(?<![\w-])eyJ[\w-]*\.[\w-]*\.[\w-]*/gi;
const MAX_DEPTH = 4;

/** Takes out of a text what looks like a token, and these secrets. */
export function tokenFreeText(text: string, secrets: readonly string[] = []): string {
  let free = text;
  for (const secret of secrets) {
    if (secret !== "") free = free.replaceAll(secret, "…");
  }
  return free.replace(TOKENS, "…");
}

/**
 * Makes an error that says what another says and leads to nothing else: the errors of libraries may carry requests, with tokens.
 *
 * The messages of its causes are joined into one.
 */
export function tokenFreeError(error: unknown, secrets: readonly string[] = []): Error {
  const texts: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && at instanceof Error; depth++) {
    const text = at.message === "" ? at.name : at.message;
    if (!texts.includes(text)) texts.push(text);
    at = at.cause;
  }
  return new Error(texts.length === 0 ? "unknown failure" : tokenFreeText(texts.join(": "), secrets));
}

/** User and password, or one of the words of a query that signed urls have. */
const SECRET =
  /^[a-z][a-z0-9+.-]+:\/\/[^/?#]*@|[?&](?:x-(?:amz|goog)-(?:signature|credential)|sig|signature|access_token|token)=/i;

/**
 * Tells whether a url lets whoever has it in, by a password or a signature: such a url is not for others to read.
 *
 * @example
 * ```ts
 * import { carriesSecret } from "@atdata/core";
 * carriesSecret("https://example.org/a.tar?X-Amz-Signature=00"); // -> true
 * ```
 */
export function carriesSecret(url: string): boolean {
  return SECRET.test(url);
}

/**
 * Takes what may be secret out of a url, for messages: user and password, and the values of the query.
 *
 * @example
 * ```ts
 * import { redactUrl } from "@atdata/core";
 * redactUrl("https://me:pw@example.org/a.tar?sig=abc"); // -> "https://example.org/a.tar?sig=…"
 * ```
 */
export function redactUrl(url: string): string {
  if (!/^[A-Za-z][A-Za-z0-9+.-]+:/.test(url)) return url;
  const [, head = "", query] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  // Without an `@` before the first slash, a password may have slashes of its own, as keys of S3 do.
  const plain = head.replace(/^([^/]*\/\/)(?:[^/]*@|(?!did:)[^/@:[]*:(?!\d*\/)[^@]*@)/i, "$1");
  if (query === undefined) return plain;
  return `${plain}?${query.replace(/(^|&)([^=&]*)=[^&]*/g, "$1$2=…")}`;
}

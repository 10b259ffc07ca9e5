const WEB = "did:web:";

/**
 * Reads where an AppView is: an `https:` or `http:` url, or the `did:web` of a host, with a port as `%3A<port>`.
 *
 * @returns Its url, without a slash at the end.
 * @throws TypeError – it is something else.
 */
export function appViewUrl(address: string): string {
  const host = address.startsWith(WEB) ? address.slice(WEB.length) : undefined;
  if (host !== undefined && !/^[A-Za-z0-9.-]+(%3A\d{1,5})?$/i.test(host)) throw notAppView(address);
  const text = host === undefined ? address : `https://${host.replace(/%3A/i, ":")}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && /^https?:$/.test(url.protocol);
  if (url === undefined || !isPlain) throw notAppView(address);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function notAppView(address: string): TypeError {
  // It may have a password.
  return new TypeError(`an AppView is named by a url, https://host, or as did:web:host: ${address.slice(0, 8)}…`);
}

/** Names a server in messages by scheme, host and port: never with what a url may hold of secrets. */
export function serverName(kind: string, url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    // A password with an unescaped slash is parsed as a path, and its start as the host.
    return host === "" || /[@]/.test(decodeURIComponent(pathname)) ? kind : `${protocol}//${host}`;
  } catch {
    return kind;
  }
}

/** Gives an error of a client library without what it carries along, such as the command that held a password. */
export function bareError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const bare = new Error(error.message);
  bare.name = error.name;
  return bare;
}

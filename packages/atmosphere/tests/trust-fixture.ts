import type { TrustReport } from "../src/index.ts";

/** Sends requests, and changes what comes back: a PDS or directory that lies. */
export function lying(change: (path: string, body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): typeof fetch {
  return async (input, init) => {
    const { pathname } = new URL(new Request(input).url);
    const response = await fetch(input, init);
    const body = change(pathname, new Uint8Array(await response.arrayBuffer()));
    const type = response.headers.get("content-type") ?? "application/octet-stream";
    return new Response(body, { status: response.status, headers: { "content-type": type } });
  };
}

/** Changes the JSON of an answer. */
export function inJson(
  change: (json: Record<string, unknown>) => unknown,
): (body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> {
  return (body) => new TextEncoder().encode(JSON.stringify(change(JSON.parse(new TextDecoder().decode(body)))));
}

/** Gives the links of a report that are broken, with their codes. */
export function broken({ links }: TrustReport): string[] {
  return links.flatMap(({ link, ok, code }) => (ok === false ? [`${link} ${code}`] : []));
}

/** Gives the links of a report that could not be looked at, or had nothing to compare with. */
export function unknown({ links }: TrustReport): string[] {
  return links.flatMap(({ link, ok }) => (ok === undefined ? [link] : []));
}

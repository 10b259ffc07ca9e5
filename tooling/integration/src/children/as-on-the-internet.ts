/**
 * Lets a program find the test network where it looks on the internet: the directory of DIDs, its own default PDS, and the
 * hosts of handles. `ATDATA_TEST_NETWORK` is JSON: `{ "plcUrl": "http://…", "pds": ["http://…"] }`.
 */
import { Resolver } from "node:dns/promises";

const { plcUrl, pds } = JSON.parse(process.env.ATDATA_TEST_NETWORK ?? "") as { plcUrl: string; pds: string[] };
const send = globalThis.fetch;

// There is no DNS for these handles.
Resolver.prototype.resolveTxt = async (name) => {
  throw Object.assign(new Error(`no records of ${name}`), { code: "ENOTFOUND" });
};

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { origin, hostname, pathname, search } = new URL(request.url);
  if (hostname === "plc.directory") return send(new Request(`${plcUrl}${pathname}${search}`, request));
  if (pathname === "/.well-known/atproto-did" && hostname.endsWith(".test")) return didOf(hostname);
  // Everything else has to be on the network.
  if (hostname !== "localhost" && hostname !== "127.0.0.1") throw new TypeError(`fetch failed: no host ${origin}`);
  return send(request);
};

async function didOf(handle: string): Promise<Response> {
  for (const url of pds) {
    const query = new URLSearchParams({ handle });
    const response = await send(`${url}/xrpc/com.atproto.identity.resolveHandle?${query}`);
    if (response.ok) return new Response(((await response.json()) as { did: string }).did);
  }
  return new Response(null, { status: 404 });
}

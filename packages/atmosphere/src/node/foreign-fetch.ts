import { lookup } from "node:dns";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AtdataError, redactUrl } from "@atdata/core";
import { isPublicAddress } from "./public-address.ts";

const MAX_REDIRECTS = 10;
/** Statuses that have no body, and `Response` takes none with. */
const BODILESS = [204, 205, 304];
const REDIRECTS = [301, 302, 303, 307, 308];
/** What is meant for one server is not told to another that it sends to. */
const SECRET_HEADERS = ["authorization", "cookie", "proxy-authorization"];

/** Settings of {@link foreignFetch}. */
export interface ForeignFetchOptions {
  /** Hosts that are opened wherever they are, as they stand in urls, with a port or for any: `localhost`, `127.0.0.1:8080`. */
  readonly allowHosts?: readonly string[] | undefined;
}

/**
 * Makes a `fetch` for urls that somebody else has written.
 *
 * It opens no loopback, link-local, private or multicast address: the addresses of a name are looked at before it connects, to one of
 * these and no other, and again after each redirect. It reads only: `GET` and `HEAD`.
 *
 * @throws AtdataError `URL_REFUSED` (from a call).
 */
export function foreignFetch({ allowHosts = [] }: ForeignFetchOptions = {}): typeof fetch {
  const allowed = new Set(allowHosts.map((host) => host.toLowerCase()));
  const isAllowed = ({ host, hostname }: URL): boolean => allowed.has(host) || allowed.has(bare(hostname));
  // Agents of its own: a connection that other code has opened was not looked at.
  const checked = agents(publicLookup);
  const anywhere = agents(lookup as LookupFunction);
  return async (input, init) => {
    const request = new Request(input, init);
    if (!["GET", "HEAD"].includes(request.method)) throw new TypeError(`only reads, got ${request.method}`);
    const headers = new Headers(request.headers);
    if (!headers.has("accept-encoding")) headers.set("accept-encoding", "identity");
    let url = webUrl(request.url);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const free = isAllowed(url);
      if (!free) refuseUnlessPublic(url);
      const { method, signal } = request;
      const answer = await send(
        url,
        { method, signal, headers: Object.fromEntries(headers) },
        free ? anywhere : checked,
      );
      const next = targetOf(answer, url);
      if (next === undefined) return responseOf(answer, method);
      answer.destroy();
      if (next.origin !== url.origin) for (const name of SECRET_HEADERS) headers.delete(name);
      url = next;
    }
    const fields = { url: redactUrl(request.url) };
    throw new AtdataError("URL_REFUSED", `the url is redirected more than ${MAX_REDIRECTS} times`, fields);
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function agents(look: LookupFunction): Agents {
  const options = { keepAlive: true, lookup: look };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

/** Resolves a name, and refuses it when one of its addresses is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const wrong = addresses.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (wrong !== undefined || first === undefined) return callback(refusal(hostname, wrong?.address), []);
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** Looks at an address that stands in the url itself, for which no name is resolved. */
function refuseUnlessPublic({ hostname, origin }: URL): void {
  const address = bare(hostname);
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw refusal(origin, address);
}

function refusal(url: string, address: string | undefined): AtdataError<"URL_REFUSED"> {
  const hint = "list the host in allowHosts, if it is yours";
  const at = address === undefined ? "has no address" : `is at ${address}, which is not of the public network`;
  return new AtdataError("URL_REFUSED", `the host of a url of somebody else ${at}`, { url }, { hint });
}

function send(url: URL, options: RequestOptions, { http, https }: Agents): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const request = secure
      ? httpsRequest(url, { ...options, agent: https }, resolve)
      : httpRequest(url, { ...options, agent: http }, resolve);
    const { signal } = options;
    // An abort is reported with its reason, as `fetch` does.
    request.on("error", (error) => reject(signal?.aborted ? signal.reason : error));
    request.end();
  });
}

/** Tells where an answer sends to. */
function targetOf({ statusCode = 0, headers: { location } }: IncomingMessage, from: URL): URL | undefined {
  if (!REDIRECTS.includes(statusCode) || location === undefined) return undefined;
  return webUrl(location, from);
}

function webUrl(text: string, from?: URL): URL {
  const url = URL.canParse(text, from?.href) ? new URL(text, from) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new AtdataError("URL_REFUSED", "not an http url", { url: redactUrl(from?.href ?? text) });
  }
  // Node would send these as a password.
  url.username = "";
  url.password = "";
  return url;
}

function responseOf(answer: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, statusMessage: statusText = "", rawHeaders } = answer;
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
  if (BODILESS.includes(status) || method === "HEAD") {
    answer.resume();
    return new Response(null, { status, statusText, headers });
  }
  const body = Readable.toWeb(decoded(answer, headers.get("content-encoding"))) as ReadableStream<Uint8Array>;
  return new Response(body, { status, statusText, headers });
}

/** Some servers compress without being asked. */
function decoded(answer: IncomingMessage, encoding: string | null): Readable {
  const make = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate, br: createBrotliDecompress }[
    encoding?.toLowerCase() ?? ""
  ];
  if (make === undefined) return answer;
  const decoder = make();
  answer.on("error", (error) => decoder.destroy(error));
  decoder.on("close", () => answer.destroy());
  return answer.pipe(decoder);
}

/** An IPv6 address stands in brackets in a url. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

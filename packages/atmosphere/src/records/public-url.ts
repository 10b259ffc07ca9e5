import { AtdataError, carriesSecret, redactUrl } from "@atdata/core";

/** Names that only one machine or one network knows. */
const INNER_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/** What is needed to tell whether a url is for everybody. */
export interface PublicUrlOptions {
  /** Hosts, as `host` or `host:port`, that are taken for public though they look private. */
  readonly allowHosts?: readonly string[] | undefined;
}

/**
 * Refuses an http url that not everybody can open: one with a password or signature, or of a host that is no public one.
 *
 * Names are not resolved: who reads the record looks at their addresses.
 *
 * @throws AtdataError `URL_PRIVATE`.
 */
export function requirePublic(url: string, { allowHosts = [] }: PublicUrlOptions): void {
  if (carriesSecret(url)) throw privateUrl(url, "a url that lets others in is not published");
  const { host, hostname } = parsed(url);
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (allowHosts.some((each) => [host, hostname, bare].includes(each.toLowerCase()))) return;
  if (!isPublicHost(bare)) throw privateUrl(url, "others cannot open a url of this host");
}

/** Makes the error of a url that is not published. */
export function privateUrl(url: string, clause: string): AtdataError<"URL_PRIVATE"> {
  const hint = "copy the dataset: its shards then lie in your repository";
  return new AtdataError("URL_PRIVATE", clause, { url: redactUrl(url) }, { hint });
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw privateUrl(url, "not a whole url");
  }
}

/** A parsed url has its IPv4 address in four decimal parts, however it was written. */
function isPublicHost(host: string): boolean {
  const plain = host.replace(/\.$/, "");
  if (plain.includes(":")) return isPublicIpv6(plain);
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  if (parts === null) return plain.includes(".") && !INNER_NAME.test(plain);
  const [a = 0, b = 0, c = 0] = parts.slice(1).map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 172) return b < 16 || b > 31;
  if (a === 192) return b !== 168 && !(b === 0 && c === 0);
  if (a === 198) return b !== 18 && b !== 19;
  return !(a === 169 && b === 254);
}

/** The public network is 2000::/3, but for addresses that stand for ones of IPv4. */
function isPublicIpv6(address: string): boolean {
  const [first = "", second = ""] = address.split(":");
  const group = Number.parseInt(first, 16);
  return (
    group >= 0x2000 && group < 0x4000 && group !== 0x2002 && !(group === 0x2001 && (second === "" || second === "0"))
  );
}

import type { ConfigReader } from "./config-reader.ts";

/** How the network is reached, and what of it is trusted. */
export interface AtmosphereConfig {
  /** The directory of did:plc; that of everybody by default. */
  readonly plcUrl?: string | undefined;
  /** Services that are asked for the DIDs of handles, before the DNS and the handles' own hosts. */
  readonly resolvers?: readonly string[] | undefined;
  /** An AppView that is asked first, `https://…` or `did:web:…`. */
  readonly appView?: string | undefined;
  /** Hosts that records of others may lead to though they look private. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Buckets that everybody can read, by name. */
  readonly publicBuckets?:
    | Readonly<Record<string, { readonly endpoint?: string | undefined; readonly region?: string | undefined }>>
    | undefined;
}

/** Checks what the settings say of the network. */
export function parseAtmosphere(reader: ConfigReader, value: unknown, at: string): AtmosphereConfig {
  const { object, given, list, string, webUrl, byName, invalid } = reader;
  const keys = ["plcUrl", "resolvers", "appView", "allowHosts", "publicBuckets"];
  const { plcUrl, resolvers, appView, allowHosts, publicBuckets } = object(value, at, keys);
  const bucket = (item: unknown, place: string): { endpoint?: string | undefined; region?: string | undefined } => {
    const { endpoint, region } = object(item, place, ["endpoint", "region"]);
    return {
      endpoint: given(endpoint, `${place}.endpoint`, webUrl),
      region: given(region, `${place}.region`, string),
    };
  };
  const host = (item: unknown, place: string): string => {
    const text = string(item, place);
    if (/[/@\s]/.test(text)) throw invalid("not a host", place, "localhost, or 127.0.0.1:8080");
    return text;
  };
  return {
    plcUrl: given(plcUrl, `${at}.plcUrl`, webUrl),
    resolvers: given(resolvers, `${at}.resolvers`, (items, place) => list(items, place, webUrl)),
    appView: given(appView, `${at}.appView`, (item, place) => parseAppView(reader, item, place)),
    allowHosts: given(allowHosts, `${at}.allowHosts`, (items, place) => list(items, place, host)),
    publicBuckets: given(publicBuckets, `${at}.publicBuckets`, (items, place) => byName(items, place, bucket)),
  };
}

/** Checks what names an AppView. */
export function parseAppView({ string, webUrl, invalid }: ConfigReader, value: unknown, at: string): string {
  const text = string(value, at);
  if (!text.startsWith("did:web:")) return webUrl(value, at);
  if (/^did:web:[A-Za-z0-9.-]+(%3A\d{1,5})?$/i.test(text)) return text;
  throw invalid("not the did:web of a host", at, "did:web:appview.example.org");
}

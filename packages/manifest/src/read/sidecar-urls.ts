import { schemeOf } from "@atdata/core";

/** Where the files of a shard's manifest are, beside it. */
export interface ManifestUrls {
  /** `X.manifest.json`. */
  readonly header: string;
  /** `X.manifest.parquet`. */
  readonly rows: string;
}

/** Names the manifest of a shard: `X.manifest.json` and `X.manifest.parquet` for `X.tar`. */
export function manifestUrls(shard: string): ManifestUrls {
  const [path, query] = splitQuery(shard);
  const stem = path.replace(/\.tar$/, "");
  return { header: `${stem}.manifest.json${query}`, rows: `${stem}.manifest.parquet${query}` };
}

/** Names the header that Python writes for a shard whose name has a dot in it; `undefined` where there is none. */
export function truncatedHeaderUrl(shard: string): string | undefined {
  const [path, query] = splitQuery(shard);
  const stem = path.replace(/\.tar$/, "");
  const short = stem.replace(/\.[^./\\]*$/, "");
  return short === stem ? undefined : `${short}.manifest.json${query}`;
}

/** Names the roll-ups that a shard may be in, likelier first: `<stem>.rollup.parquet` for `<stem>-NNNNNN.tar` or `<stem>.tar`. */
export function rollupUrls(shard: string): string[] {
  const [path, query] = splitQuery(shard);
  const stem = path.replace(/\.[^./\\]*$/, "");
  const stems = /-\d{6}$/.test(stem) ? [stem.slice(0, -7), stem] : [stem];
  return stems.map((each) => `${each}.rollup.parquet${query}`);
}

function splitQuery(url: string): [path: string, query: string] {
  const at = /^https?$/.test(schemeOf(url)) ? url.search(/[?#]/) : -1;
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at)];
}

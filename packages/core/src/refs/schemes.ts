import { AtdataError } from "../errors.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { redactUrl } from "./redact-url.ts";

export { redactUrl };

/**
 * Tells the scheme of a url, lower-case; paths, Windows drive letters among them, count as `"file"`.
 *
 * @example
 * ```ts
 * import { schemeOf } from "@atdata/core";
 * schemeOf("https://example.org/a.tar"); // -> "https"
 * schemeOf("C:/data/a.tar"); // -> "file"
 * ```
 */
export function schemeOf(url: string): string {
  // At least two characters, so that `C:` is a drive and not a scheme.
  return /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(url)?.[1]?.toLowerCase() ?? "file";
}

/**
 * Picks the source that serves the scheme of a url; the first one given wins.
 *
 * @throws AtdataError `SCHEME_NOT_ALLOWED` – no source serves it; the hint names the schemes that are served.
 */
export function sourceFor(sources: readonly DataSource[], url: string): DataSource {
  const scheme = schemeOf(url);
  const source = sources.find((candidate) => candidate.schemes.includes(scheme));
  if (source !== undefined) return source;
  const allowed = [...new Set(sources.flatMap((candidate) => candidate.schemes))].join(", ");
  throw new AtdataError(
    "SCHEME_NOT_ALLOWED",
    "no source reads urls of this scheme",
    { url: redactUrl(url), scheme },
    { hint: allowed === "" ? "give a source" : `one of ${allowed}` },
  );
}

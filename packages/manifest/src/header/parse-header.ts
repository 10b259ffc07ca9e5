import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";

/** What a header tells. */
export interface ManifestHeader {
  /** The shard; its url is that of the tar beside the header, whatever the header calls it. */
  readonly summary: ShardSummary;
  /** Fields that have a column in the rows, in order; `undefined` in Python's headers, which do not tell types. */
  readonly fields?: readonly ManifestField[] | undefined;
  /** Whether offsets are those of payloads in the tar; Python's are not. */
  readonly trueOffsets: boolean;
  /** Whether rows have only keys, offsets and sizes. */
  readonly partial: boolean;
  /** When it was written, ISO 8601. */
  readonly createdAt?: string | undefined;
}

/**
 * Reads a `X.manifest.json`, ours or Python's.
 *
 * Python's tells no types: what its aggregates say is given for the `fields` of the caller, as far as it is exact.
 *
 * @param url - Where it is; the shard is `X.tar` beside it.
 * @throws AtdataError `MANIFEST_INVALID`
 */
export function parseHeader(text: string, url: string, fields: readonly ManifestField[] = []): ManifestHeader {
  throw new Error(`${text.length} characters of ${url}, ${fields.length} fields: to come`);
}

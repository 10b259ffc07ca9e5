import { AtdataError, baseName, resolveBeside } from "@atdata/core";
import type { FieldSummary, KeySummary, ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { aggregateFromJson, countFrom, filterFromJson, isCount, isObject } from "./aggregate-json.ts";
import { parseLenientJson } from "./lenient-json.ts";
import { pythonAggregate } from "./python-aggregate.ts";

const sha256Hex = /^[0-9a-f]{64}$/;
const kinds = ["categorical", "numeric", "set", "time"];
const types = ["string", "int64", "double", "boolean"];

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
 * Python's tells no types: what its aggregates say is given for the `fields` of the caller, as far as it is exact. It may claim that a
 * shard has no samples when its rows were lost: see whether the shard is empty.
 *
 * @param url - Where it is; the shard is `X.tar` beside it.
 * @throws AtdataError `MANIFEST_INVALID`, or `FORMAT_TOO_NEW` when ours is of a newer major version.
 */
export function parseHeader(text: string, url: string, fields: readonly ManifestField[] = []): ManifestHeader {
  const json = parseObject(text, url);
  const samples = json.num_samples;
  if (!isCount(samples)) throw invalid(url, "manifest does not tell its number of samples");
  const createdAt = typeof json.created_at === "string" ? json.created_at : undefined;
  const base = { url: shardUrl(url), samples };
  const aggregates = isObject(json.aggregates) ? json.aggregates : {};
  if (json.format === undefined) {
    const known = read(fields, aggregates, (aggregate, field) => pythonAggregate(aggregate, field, samples));
    return { summary: { ...base, fields: known }, trueOffsets: false, partial: false, createdAt };
  }
  requireVersion(json.format, url);
  const columns = columnsFrom(json.columns, url);
  const known = read(columns, aggregates, aggregateFromJson);
  const { digest } = isObject(json.checksum) ? json.checksum : {};
  const summary: ShardSummary = {
    ...base,
    bytes: countFrom(json.shard_bytes),
    sha256: typeof digest === "string" && sha256Hex.test(digest) ? digest : undefined,
    keys: keysFrom(json.keys),
    fields: known,
  };
  const partial = json.partial === true;
  return { summary, fields: columns, trueOffsets: json.offset_kind === "tar_data", partial, createdAt };
}

function parseObject(text: string, url: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = parseLenientJson(text);
  } catch (cause) {
    throw invalid(url, "manifest is not JSON", cause);
  }
  if (!isObject(json)) throw invalid(url, "manifest is not an object");
  return json;
}

function requireVersion(format: unknown, url: string): void {
  const version = typeof format === "string" ? /^atdata\.manifest\/(\d+)$/.exec(format)?.[1] : undefined;
  if (version === undefined) throw invalid(url, "manifest is of an unknown format");
  if (version === "1") return;
  const fields = { format: String(format), found: version, supported: "1" };
  throw new AtdataError("FORMAT_TOO_NEW", "manifest is of a newer version", fields, { hint: "update atdata" });
}

function columnsFrom(json: unknown, url: string): readonly ManifestField[] {
  if (!Array.isArray(json)) throw invalid(url, "manifest does not tell its columns");
  return json.map((column: unknown) => {
    const { name, kind, type } = isObject(column) ? column : {};
    const known = typeof name === "string" && kinds.includes(kind as string) && types.includes(type as string);
    if (!known) throw invalid(url, "manifest has a column of an unknown kind");
    return { name, kind, type } as ManifestField;
  });
}

function read(
  fields: readonly ManifestField[],
  aggregates: Readonly<Record<string, unknown>>,
  readOne: (aggregate: Readonly<Record<string, unknown>>, field: ManifestField) => FieldSummary | undefined,
): ReadonlyMap<string, FieldSummary> {
  const known = new Map<string, FieldSummary>();
  for (const field of fields) {
    const aggregate = Object.hasOwn(aggregates, field.name) ? aggregates[field.name] : undefined;
    const summary = isObject(aggregate) ? readOne(aggregate, field) : undefined;
    if (summary !== undefined) known.set(field.name, summary);
  }
  return known;
}

function keysFrom(json: unknown): KeySummary | undefined {
  if (!isObject(json)) return undefined;
  const { min, max, sorted } = json;
  if (typeof min !== "string" || typeof max !== "string") return undefined;
  return { min, max, sorted: sorted === true, filter: filterFromJson(json.filter, "string") };
}

function shardUrl(url: string): string {
  return resolveBeside(url, `${baseName(url).replace(/\.manifest\.json$/, "")}.tar`);
}

function invalid(url: string, clause: string, cause?: unknown): AtdataError {
  return new AtdataError("MANIFEST_INVALID", clause, { url }, { cause });
}

import type { SampleType } from "@atdata/core";
import { BloomFilter } from "../summary/bloom.ts";
import type { FieldSummary, KeySummary, ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { type AggregateDetail, aggregateToJson, filterToJson } from "./aggregate-json.ts";

/** Length in bytes that no header exceeds: with the line break of a file, 256 KiB. */
export const MAX_HEADER_BYTES: number = 256 * 1024 - 1;

/** Where a shard comes from, as its writer tells. */
export interface Provenance {
  /** Job that wrote it. */
  readonly jobId?: string | undefined;
  /** Shards that it was made of. */
  readonly parentShards?: readonly string[] | undefined;
  /** Version of the program that wrote it. */
  readonly pipelineVersion?: string | undefined;
}

/** What a header is made of. */
export interface HeaderInput {
  /** The shard. */
  readonly summary: ShardSummary;
  /** Fields that have a column in the rows. */
  readonly fields: readonly ManifestField[];
  /** Type of the samples. */
  readonly type: SampleType;
  /** Stem of the shard's name. */
  readonly shardId: string;
  /** Sum of the lengths of the payloads. */
  readonly payloadBytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Where it comes from. */
  readonly provenance?: Provenance | undefined;
  /** Whether the rows have only keys, offsets and sizes. */
  readonly partial?: boolean | undefined;
}

/**
 * Writes a `X.manifest.json`: Python's keys, then ours (docs/formats.md). It is valid JSON of less than 256 KiB.
 *
 * Where there is more to tell, lists of values, filters and histograms are left out, those of the fields declared last first; then bounds.
 *
 * @throws RangeError – names of columns or provenance alone are longer than that.
 */
export function formatHeader(input: HeaderInput): string {
  const summaries = [...input.summary.fields.values()];
  const whole = textOf(headerOf(input, aggregatesOf(summaries.map((summary) => [summary, "all"]))));
  if (byteLength(whole) <= MAX_HEADER_BYTES) return whole;
  // What the rest leaves of the room.
  let room = MAX_HEADER_BYTES - byteLength(textOf(headerOf(input, {})));
  if (room <= 0) {
    throw new RangeError(`a manifest header needs more than ${MAX_HEADER_BYTES} bytes for names and provenance`);
  }
  const brief = summaries.map((summary) => entryBytes(summary, "bounds"));
  let later = brief.reduce((sum, bytes) => sum + bytes, 0);
  const kept: [FieldSummary, AggregateDetail][] = [];
  for (const [i, summary] of summaries.entries()) {
    const full = entryBytes(summary, "all");
    const least = brief[i] as number;
    later -= least;
    const detail = full + later <= room ? "all" : least <= room ? "bounds" : undefined;
    if (detail === undefined) continue;
    room -= detail === "all" ? full : least;
    kept.push([summary, detail]);
  }
  return textOf(headerOf(input, aggregatesOf(kept)));
}

function aggregatesOf(summaries: readonly (readonly [FieldSummary, AggregateDetail])[]): object {
  // Entries, because a field may be named `__proto__`.
  return Object.fromEntries(
    summaries.map(([summary, detail]) => [summary.field.name, aggregateToJson(summary, detail)]),
  );
}

function headerOf(input: HeaderInput, aggregates: object): object {
  const { summary, fields, type, shardId, payloadBytes, createdAt, partial } = input;
  const provenance = provenanceToJson(input.provenance);
  const times = timesOf(summary);
  return {
    manifest_version: "1.0.0",
    shard_id: shardId,
    schema_type: type.name,
    schema_version: type.version ?? "1.0.0",
    num_samples: summary.samples,
    size_bytes: payloadBytes,
    created_at: createdAt,
    aggregates,
    ...(provenance !== undefined && { provenance }),
    format: "atdata.manifest/1",
    offset_kind: "tar_data",
    ...(partial === true && { partial }),
    ...(summary.bytes !== undefined && { shard_bytes: summary.bytes }),
    ...(summary.sha256 !== undefined && { checksum: { algorithm: "sha256", digest: summary.sha256 } }),
    ...(summary.keys !== undefined && { keys: keysToJson(summary.keys) }),
    ...(times !== undefined && { temporal_bounds: times }),
    columns: fields.map(({ name, kind, type: column }) => ({ name, kind, type: column })),
  };
}

function provenanceToJson(provenance: Provenance = {}): object | undefined {
  const { jobId, parentShards, pipelineVersion } = provenance;
  const json = {
    ...(jobId !== undefined && { source_job_id: jobId }),
    ...(parentShards !== undefined && { parent_shards: parentShards }),
    ...(pipelineVersion !== undefined && { pipeline_version: pipelineVersion }),
  };
  return Object.keys(json).length > 0 ? json : undefined;
}

function keysToJson({ min, max, sorted, filter }: KeySummary): object {
  return { min, max, sorted, ...(filter instanceof BloomFilter && { filter: filterToJson(filter) }) };
}

function timesOf({ fields }: ShardSummary): object | undefined {
  const times = [...fields.values()].filter(({ field, min }) => field.kind === "time" && min !== undefined);
  if (times.length === 0) return undefined;
  const bounds = times.map((summary) => [summary.field.name, boundsOf(summary)] as const);
  return Object.fromEntries(bounds);
}

function boundsOf(summary: FieldSummary): object {
  const { min, max } = aggregateToJson(summary, "bounds");
  return { min, max };
}

function entryBytes(summary: FieldSummary, detail: AggregateDetail): number {
  const text = textOf({ [summary.field.name]: aggregateToJson(summary, detail) });
  // One level deeper in the header, each line has two spaces more.
  return byteLength(text) + 2 * (text.split("\n").length + 1);
}

/** Writes two spaces an indent, as Python does, but short lists on one line. */
function textOf(json: object): string {
  return JSON.stringify(json, undefined, 2).replace(/\[\n\s+(\d+(?:,\n\s+\d+)*)\n\s+\]/g, (_, numbers: string) => {
    return `[${numbers.replace(/\n\s+/g, " ")}]`;
  });
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

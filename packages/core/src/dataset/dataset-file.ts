import { AtdataError } from "../errors.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import type { RebuildOptions } from "../schema/field-codec-pack.ts";
import { type LocalSchema, schemaFromLocal } from "../schema/local-form.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";

const FORMAT = "atdata.dataset";
const VERSION = "1";
const sha256Hex = /^[0-9a-f]{64}$/;

/** The content of a `<dataset>.dataset.json`: what commits a dataset and names its shards. */
export interface DatasetFile {
  /** `"atdata.dataset/1"`. */
  readonly format: string;
  /** Name of the dataset. */
  readonly name: string;
  /** Type of the samples, in the local form. */
  readonly schema: LocalSchema;
  /** The shards in order; urls are relative to this file. */
  readonly shards: readonly DatasetFileShard[];
  /** Number of samples. */
  readonly samples: number;
  /** Bytes of all shards. */
  readonly bytes: number;
  /** When it was written: ISO 8601, UTC. */
  readonly createdAt: string;
  /** Names of the other files that belong to it, which go when it is replaced. */
  readonly sidecars?: readonly string[] | undefined;
  /** What the writer wants to tell. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A shard in a {@link DatasetFile}. */
export interface DatasetFileShard {
  /** File name, relative to the file that names it. */
  readonly url: string;
  /** Number of samples. */
  readonly samples: number;
  /** Length in bytes. */
  readonly bytes: number;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

/** A dataset file that was read. */
export interface ReadDatasetFile {
  /** Name of the dataset. */
  readonly name: string;
  /** Type of the samples. */
  readonly type: SampleType<RawSample>;
  /** The shards in order; urls as in the file. */
  readonly shards: readonly ShardInfo[];
  /** What the writer wanted to tell. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
}

/** Writes a dataset file as JSON. */
export function formatDatasetFile(file: Omit<DatasetFile, "format">): Uint8Array {
  const text = JSON.stringify({ format: `${FORMAT}/${VERSION}`, ...file }, undefined, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/**
 * Reads a dataset file.
 *
 * @throws AtdataError `FORMAT_INVALID`, `FORMAT_TOO_NEW` or `SCHEMA_INVALID`.
 */
export function parseDatasetFile(bytes: Uint8Array, url: string, options: RebuildOptions = {}): ReadDatasetFile {
  const json = parseObject(bytes, url);
  const version = /^atdata\.dataset\/(\d+)$/.exec(String(json.format))?.[1];
  if (version === undefined) throw invalid(url, "not a dataset file");
  if (version !== VERSION) {
    const fields = { format: String(json.format), found: version, supported: VERSION };
    throw new AtdataError("FORMAT_TOO_NEW", "dataset file is of a newer version", fields, { hint: "update atdata" });
  }
  if (typeof json.name !== "string") throw invalid(url, "dataset has no name");
  if (!Array.isArray(json.shards) || json.shards.length === 0) throw invalid(url, "dataset names no shards");
  const { metadata } = json;
  return {
    name: json.name,
    type: schemaFromLocal(json.schema, options),
    shards: json.shards.map((shard: unknown) => readShard(shard, url)),
    metadata: typeof metadata === "object" && metadata !== null ? (metadata as Record<string, unknown>) : undefined,
  };
}

function parseObject(bytes: Uint8Array, url: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(url, "dataset file is not JSON", cause);
  }
  if (typeof json !== "object" || json === null) throw invalid(url, "dataset file is not an object");
  return json as Record<string, unknown>;
}

function readShard(shard: unknown, url: string): ShardInfo {
  const { url: name, samples, bytes, sha256 } = (shard ?? {}) as Partial<DatasetFileShard>;
  if (typeof name !== "string" || name === "") throw invalid(url, "a shard has no url");
  if (!isCount(samples) || !isCount(bytes)) throw invalid(url, `shard ${name} has no counts`);
  if (typeof sha256 !== "string" || !sha256Hex.test(sha256)) throw invalid(url, `shard ${name} has no sha256`);
  return { url: name, samples, bytes, sha256 };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalid(url: string, clause: string, cause?: unknown): AtdataError {
  return new AtdataError("FORMAT_INVALID", clause, { format: `${FORMAT}/${VERSION}`, url }, { cause });
}

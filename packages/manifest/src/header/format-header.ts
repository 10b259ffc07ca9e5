import type { SampleType } from "@atdata/core";
import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";

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
  readonly type?: SampleType | undefined;
  /** Sum of the lengths of the payloads. */
  readonly payloadBytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Where it comes from. */
  readonly provenance?: Provenance | undefined;
  /** Whether the rows have only keys, offsets and sizes. */
  readonly partial?: boolean | undefined;
}

/** Writes a `X.manifest.json` of at most 256 KiB: where there is more to tell, the longest lists are left out. */
export function formatHeader(input: HeaderInput): string {
  throw new Error(`${input.summary.url}: to come`);
}

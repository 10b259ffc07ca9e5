import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";

/** A shard and what its manifest tells. */
export interface KnownShard {
  /** Its url, as the dataset has it. */
  readonly url: string;
  /** Position of its first sample in the dataset. */
  readonly start: number;
  /** What is known without its rows. */
  readonly summary: ShardSummary;
  /** Where its rows are. */
  readonly rowsUrl: string;
  /** Fields that its rows have columns of; none in a partial manifest. */
  readonly fields: ReadonlyMap<string, ManifestField>;
}

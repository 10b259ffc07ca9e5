import type { ShardPlugin } from "../protocols/shard-plugin.ts";

/** Settings of writing that every way to write a dataset takes. */
export interface WriteOptions {
  /** Samples a shard at the most. With neither limit, nor one of the store, there is one shard. */
  readonly maxSamples?: number | undefined;
  /** Bytes of a shard file at the most, headers and padding included; never exceeded. A store may set a lower limit. */
  readonly maxShardBytes?: number | undefined;
  /** Comes before the running number in keys that are not given. Default none. */
  readonly keyPrefix?: string | undefined;
  /** The first running number, for several writers of one dataset. Default 0. */
  readonly firstKey?: number | undefined;
  /** Replaces a dataset of that name, at the commit. Default false: such a dataset is `DATASET_EXISTS`. */
  readonly overwrite?: boolean | undefined;
  /** What becomes of properties that the type does not declare. Default `"error"`. */
  readonly extra?: "error" | "ignore" | undefined;
  /** Told of every sample and shard; may write sidecars. */
  readonly plugins?: readonly ShardPlugin[] | undefined;
  /** JSON to be kept in the `dataset.json`. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Ends the writing; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
  /** Told how far it is, about once a megabyte and at the end. */
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
}

/** How far a write is. */
export interface WriteProgress {
  /** Samples written. */
  readonly samples: number;
  /** Bytes of shards. */
  readonly bytes: number;
  /** Shards begun. */
  readonly shards: number;
}

import type { DatasetFileShard } from "../dataset/dataset-file.ts";
import type { DataStore } from "../protocols/data-store.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { WriteOptions } from "./write-options.ts";

/** The names of the files of a dataset. */
export interface WriteNames {
  /** Stem of the dataset. */
  readonly dataset: string;
  /** Name of the shard when there is only one. */
  readonly single: string;
  /** Name of shard `n`, from 0, when there may be several. */
  numbered(n: number): string;
}

/** What a writer writes with. */
export interface WriterInput<S> extends WriteOptions {
  readonly type: SampleType<S>;
  readonly store: DataStore;
  readonly format: ShardFormat;
  readonly names: WriteNames;
}

/** A dataset that was committed. */
export interface WrittenDataset {
  /** Stem of the dataset. */
  readonly name: string;
  /** Url of its `dataset.json`. */
  readonly url: string;
  /** The shards, with counts and checksums. */
  readonly shards: readonly DatasetFileShard[];
  /** Number of samples. */
  readonly samples: number;
  /** Bytes of all shards. */
  readonly bytes: number;
}

/** Takes the samples of a dataset, one by one. Disposing of it without `close` aborts. */
export interface DatasetWriter<S> extends AsyncDisposable {
  /**
   * Writes a sample; await it before the next one, as that is how the writer slows you down.
   *
   * A sample that does not fit its type is refused and leaves no trace; the writer goes on.
   *
   * @throws AtdataError `SCHEMA_MISMATCH`, `INTEGER_TOO_LARGE`, `KEY_INVALID`, `DUPLICATE_KEY`, `SAMPLE_TOO_LARGE`, or what the store says.
   */
  write(sample: S, options?: { readonly key?: string | undefined }): Promise<void>;
  /**
   * Commits: before, nothing is visible. Idempotent.
   *
   * @throws AtdataError `DATASET_EMPTY`, or `DATASET_EXISTS` when somebody else committed the name meanwhile.
   */
  close(): Promise<WrittenDataset>;
  /** Gives up; nothing is left behind. */
  abort(): Promise<void>;
}

/** A writer that also says when there is nothing to wait for. */
export interface PushWriter<S> extends DatasetWriter<S> {
  /** Writes a sample at once; throws where `write` rejects. A promise must be awaited before the next call. `payload` is the sample as encoded before. */
  push(sample: S, key?: string, payload?: Uint8Array): Promise<void> | undefined;
}

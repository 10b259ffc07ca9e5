import type { CallOptions, DataSource } from "./data-source.ts";

/** What became of a finished shard. */
export interface StoredShard {
  /**
   * Where it will be once the write is committed: a url that the store's `source` opens.
   *
   * Its base name is the shard's name from then on, in `dataset.json` and for its sidecars.
   */
  readonly url: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
}

/** Takes the bytes of one shard. */
export interface ShardSink {
  /**
   * Takes the next bytes, in order; the promise settles when more may be given and the memory may be used again.
   *
   * Never called while another call is pending.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the shard. */
  close(): Promise<StoredShard>;
}

/**
 * One dataset being written: nothing of it is visible before `commit`, nothing is left after `abort`.
 *
 * A store that cannot rename may give shards and small files other names than it is asked for, as an object store must
 * that no two writers may meet in. Then one token, of this write alone, goes behind the dataset's stem in all of them:
 * `d-000000.tar` and `d.rollup.parquet` become `d-<token>-000000.tar` and `d-<token>.rollup.parquet`. So what belongs
 * together is still found by its name. A name that holds the token, as it was made of a shard's real one, is kept.
 *
 * **For implementors:** disposing without `commit` aborts. `abort` and `commit` are idempotent; after one, the other
 * does nothing. The token is 16 hexadecimal digits.
 */
export interface StoreWrite extends AsyncDisposable {
  /** Opens a sink for the shard `name` (a plain file name), whose real name its {@link StoredShard} tells. One sink is open at a time. */
  shard(name: string): Promise<ShardSink>;
  /** Adds a small file such as a manifest, visible with the commit, and gives the name it has. */
  put(name: string, bytes: Uint8Array): Promise<string>;
  /**
   * Makes everything visible: shards in order, small files, then `<dataset>.dataset.json` with `bytes`, which is the commit.
   *
   * @throws AtdataError `DATASET_EXISTS` when somebody else committed the same name meanwhile.
   */
  commit(bytes: Uint8Array): Promise<void>;
  /** Gives up: removes everything written. */
  abort(): Promise<void>;
}

/** Options of {@link DataStore.begin}. The signal is that of the whole write: a store that waits for others stops waiting then. */
export interface BeginOptions extends CallOptions {
  /** Replace a dataset of that name; its shards and sidecars go at the commit. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Where datasets are written.
 *
 * **For implementors:** names are plain file names that were checked before. `begin` also clears what a killed
 * process left under this dataset's name.
 */
export interface DataStore extends Partial<AsyncDisposable> {
  /** Short name for messages, such as `"disk"`. */
  readonly name: string;
  /** Reads what this store has written. */
  readonly source: DataSource;
  /** Whether everybody can read what it holds; plugins then note what readers check single samples by. */
  readonly published?: boolean | undefined;
  /**
   * Starts writing the dataset `dataset` (a stem, without suffix).
   *
   * @throws AtdataError `DATASET_EXISTS` when it exists and `overwrite` is not set.
   */
  begin(dataset: string, options?: BeginOptions): Promise<StoreWrite>;
  /** Tells how many bytes a file may have at the most, `undefined` for any number; what is written is cut to fit. */
  maxFileBytes?(options?: CallOptions): Promise<number | undefined>;
  /** Tells the url that the file `name` has or would have. */
  url(name: string): string;
  /** Reads a small file, or `undefined` when there is none. */
  get(name: string, options?: CallOptions): Promise<Uint8Array | undefined>;
  /** Creates a small file if there is none of that name; tells whether it did. Of several racers one wins. */
  create(name: string, bytes: Uint8Array, options?: CallOptions): Promise<boolean>;
  /** Removes a file; tells whether it was there. */
  delete(name: string, options?: CallOptions): Promise<boolean>;
}

import type { CallOptions, DataSource, Predicate } from "@atdata/core";
import type { ManifestField } from "../summary/shard-summary.ts";

/** What a scan of rows needs besides files and predicate. */
export interface ScanOptions extends CallOptions {
  /** The fields that the files have columns of. */
  readonly fields: readonly ManifestField[];
  /** Reads files that are not on the local disk. */
  readonly source: DataSource;
}

/** Matching rows of one file, side by side: one entry of each list per row. */
export interface ScanMatches {
  /** Position of the file among those given. */
  readonly file: number;
  /** Row numbers in the file, rising. */
  readonly rows: Uint32Array;
  /** `__key__` of each row. */
  readonly keys: readonly string[];
  /** `__offset__` of each row, in bytes. */
  readonly offsets: Float64Array;
  /** `__size__` of each row, in bytes. */
  readonly sizes: Float64Array;
  /**
   * `__sha256__` of each row in lower-case hex, `undefined` where its file has none.
   *
   * Absent when files have none, which an engine may conclude from the first and the last of them.
   */
  readonly hashes?: readonly (string | undefined)[] | undefined;
}

/**
 * Finds the rows of Parquet manifests for which a predicate is true, many files at a time.
 *
 * **For implementors:** results are exactly those of core's `compilePredicate`, in the order of the files and then of
 * their rows; several results for one file follow each other, a file without a match has none. The files are as this
 * package writes them: all have the columns `__key__`, `__offset__`, `__size__` and those of `fields`.
 */
export interface ScanEngine extends Partial<AsyncDisposable> {
  /** Short name for messages and plans, such as `"duckdb"`. */
  readonly name: string;
  /** Runs a predicate over the Parquet files at `urls`. */
  scan(urls: readonly string[], predicate: Predicate, options: ScanOptions): AsyncIterable<ScanMatches>;
}

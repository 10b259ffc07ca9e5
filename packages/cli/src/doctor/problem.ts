/** Something that is wrong with a dataset. */
export interface Problem {
  /**
   * `DUPLICATE_KEY`, `KEYS_INTERLEAVED`, `SCHEMA_DRIFT`, `LEFT_OVER`, one of `manifest check`, or the code of the error that reading a shard
   * ended in, such as `SHARD_TRUNCATED` or `CHECKSUM_MISMATCH`.
   */
  readonly code: string;
  /** Url of the shard or file. */
  readonly url: string;
  /** What is wrong, in a clause. */
  readonly what: string;
  /** Whether `doctor --fix` mends it. */
  readonly fixable: boolean;
}

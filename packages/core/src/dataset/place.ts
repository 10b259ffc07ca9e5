/** Where a record should lie, and what else is known of it. */
export interface Place {
  /** Byte at which its payload starts in the shard. */
  readonly offset: number;
  /** Length of its payload. */
  readonly size: number;
  /** Its key, when known. */
  readonly key?: string | undefined;
  /** SHA-256 of its payload in hex, when known. */
  readonly sha256?: string | undefined;
}

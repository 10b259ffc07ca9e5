/** What is known of one shard; absent facts are `undefined`. */
export interface ShardInfo {
  /** Where it is: an absolute url or path that its source opens. */
  readonly url: string;
  /** Length of the file in bytes. */
  readonly bytes?: number | undefined;
  /** Number of samples. */
  readonly samples?: number | undefined;
  /** SHA-256 of the file, 64 lower-case hex digits. */
  readonly sha256?: string | undefined;
}

/**
 * The bytes of one shard from front to back.
 *
 * **For implementors:** `next` is never called while another call is pending. A chunk is the consumer's until it calls
 * `release`, which hands the memory back for reuse; a consumer that keeps parts of a chunk simply never releases it.
 * Chunks are plain `Uint8Array`s, never empty.
 */
export interface ByteReader {
  /** Gives the next chunk, or `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Says that nothing refers to `chunk` any more, so that its memory may be used again. */
  release?(chunk: Uint8Array): void;
  /** Says that chunks of a multiple of `bytes` would suit; a reader may ignore it. */
  prefer?(bytes: number): void;
  /** The compression that was removed on the way, when there was one. */
  readonly compression?: string | undefined;
  /** Frees handles; idempotent; safe while a `next` is pending, which then ends early or rejects. */
  close(): Promise<void>;
}

/** What a {@link DataSource} can do. */
export interface SourceCapabilities {
  /** `read` works. */
  readonly range: boolean;
  /** Range reads cost no round trip (file, blob, memory), so walking headers is cheap. */
  readonly local: boolean;
}

/** Options of calls that wait. */
export interface CallOptions {
  /** Ends the call with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of reading a file. */
export interface ReadFileOptions extends CallOptions {
  /** What the SHA-256 of the whole file is known to be, lower-case hex: for a source that keeps copies; others ignore it. */
  readonly sha256?: string | undefined;
}

/**
 * Where the bytes of shards come from.
 *
 * One source serves every url of its schemes. It knows nothing of formats, samples or checksums.
 *
 * **For implementors:** a url that does not exist is `NOT_FOUND`, one that may not be read `ACCESS_DENIED`. A file that
 * changes between two reads of one `open` should be `SOURCE_CHANGED`. Retrying is the source's business.
 */
export interface DataSource extends Partial<AsyncDisposable> {
  /** Short name for messages and traces, such as `"file"`. */
  readonly name: string;
  /** The url schemes served, without colon: `["http", "https"]`. Paths without a scheme count as `"file"`. */
  readonly schemes: readonly string[];
  /** What it can do. */
  readonly capabilities: SourceCapabilities;
  /**
   * Gives the shards that a reference stands for, in order: one url, or what a directory, glob or prefix holds.
   *
   * Braces have been expanded before. A single url is given without a look whether it exists.
   *
   * @throws AtdataError `NO_SHARDS` when a directory or glob holds none.
   */
  list(ref: string, options?: CallOptions): AsyncIterable<ShardInfo>;
  /** Opens a shard at byte `start` (default 0). */
  open(url: string, options?: ReadFileOptions & { readonly start?: number | undefined }): Promise<ByteReader>;
  /**
   * Reads `length` bytes from `offset`; fewer only where the file ends. Present when `capabilities.range`.
   *
   * The bytes are the caller's own.
   */
  read?(url: string, offset: number, length: number, options?: ReadFileOptions): Promise<Uint8Array>;
  /** Tells the length of a file, or `undefined` when it does not exist or has no known length. */
  size?(url: string, options?: CallOptions): Promise<number | undefined>;
}

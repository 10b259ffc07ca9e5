import type { AtdataError } from "../errors.ts";
import type { Hasher } from "../hasher.ts";
import type { DataSource, ShardInfo } from "../protocols/data-source.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { ShardPlugin } from "../protocols/shard-plugin.ts";
import type { Telemetry } from "../protocols/telemetry.ts";
import type { SampleType } from "../schema/sample-type.ts";

/** Decides about a sample or shard that cannot be read: skip it, or end the iteration with the error. */
export type OnError = "throw" | "skip" | ((error: AtdataError) => "throw" | "skip");

/** Settings of reading that every way to open a dataset takes. */
export interface ReadOptions {
  /**
   * When shards are compared with their recorded sha256: `"auto"` (default) for bytes that come over a network, `true`
   * always, `false` never.
   *
   * The sum is known only when a shard has been read to its end: a loop that stops earlier has not checked it. A sample
   * that is read from its place is compared with its own sha256 where a plugin knows that, unless this is `false`.
   */
  readonly verify?: "auto" | boolean | undefined;
  /** What becomes of a sample that cannot be decoded, or of the rest of a shard that is damaged. Default `"throw"`. */
  readonly onError?: OnError | undefined;
  /** How many errors may be skipped in one iteration before it ends with `TOO_MANY_ERRORS`. Default 1,000. */
  readonly maxErrors?: number | undefined;
  /** What is read ahead from a network: so many shards that follow, and at most so many bytes. Default 2 and 64 MiB. */
  readonly prefetch?: { readonly shards?: number; readonly bytes?: number } | undefined;
  /** What becomes of fields that the type does not declare. Default `"error"`. */
  readonly extra?: "error" | "ignore" | undefined;
  /** What knows more of the shards: counts, places, matches. */
  readonly plugins?: readonly ShardPlugin[] | undefined;
  /** Where counters and spans go. */
  readonly telemetry?: Telemetry | undefined;
}

/** All that a dataset reads with. */
export interface DatasetInput<S> extends ReadOptions {
  /** The type of the samples; without it they are untyped. */
  readonly type?: SampleType<S> | undefined;
  /** The shards in order. */
  readonly shards: readonly ShardInfo[];
  /** What opens them. */
  readonly source: DataSource;
  /** What reads them. */
  readonly format: ShardFormat;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
}

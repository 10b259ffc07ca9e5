import type { Ownership } from "../codec/cursor.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { ShardReader } from "../protocols/shard-format.ts";
import type { PluginIndex } from "../protocols/shard-plugin.ts";
import type { Failures } from "./failures.ts";
import type { DatasetInput } from "./read-options.ts";
import type { ShardTables } from "./shard-tables.ts";

/** A sample with where it came from. */
export interface Entry<S> {
  /** The sample's key. */
  readonly key: string;
  /** Url of its shard. */
  readonly shard: string;
  /** The sample. */
  readonly sample: S;
}

/** An entry with the bytes that it was read from, for internal use. */
export interface PayloadEntry<S> extends Entry<S> {
  /** Valid until the next step; `undefined` for a sample of several files. */
  readonly payload: Uint8Array | undefined;
}

/** What a run gives: samples, entries, or entries with their payloads. */
export type Giving = "samples" | "entries" | "payloads";

/** Gives the payload that a reader stands on, in the reader's memory. */
export function payloadOf(reader: ShardReader): Uint8Array | undefined {
  return reader.members() === undefined ? reader.bytes.subarray(reader.start, reader.end) : undefined;
}

/** What building the first stage takes. */
export interface BaseContext {
  readonly input: DatasetInput<unknown>;
  readonly counts: readonly number[] | undefined;
  readonly tables: ShardTables;
  readonly signal: AbortSignal | undefined;
  readonly failures: Failures;
  readonly onBytes: (bytes: number) => void;
  /** How arrays leave the memory read. */
  readonly ownership: Ownership;
  readonly giving: Giving;
  /** What finds the samples, when an index does. */
  readonly indexed: IndexedWhere | undefined;
}

/** A predicate that an index answers. */
export interface IndexedWhere {
  /** What answers. */
  readonly index: Required<Pick<PluginIndex, "query">>;
  /** What is asked. */
  readonly predicate: Predicate;
}

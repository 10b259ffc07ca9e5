import type { Ownership } from "../codec/cursor.ts";
import type { Predicate } from "../predicate/predicate.ts";
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
  /** Whether entries are given instead of samples. */
  readonly entries: boolean;
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

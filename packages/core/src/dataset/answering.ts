import type { Predicate } from "../predicate/predicate.ts";
import type { PluginIndex } from "../protocols/shard-plugin.ts";

/** An index that answers queries. */
export type QueryIndex = PluginIndex & Required<Pick<PluginIndex, "query">>;

/** Picks the indexes that can answer a predicate. */
export function answering(indexes: readonly PluginIndex[], predicate: Predicate): QueryIndex[] {
  return indexes.filter(
    (index): index is QueryIndex => index.query !== undefined && (index.answers?.(predicate) ?? true),
  );
}

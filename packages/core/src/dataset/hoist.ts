import { pushDown } from "../lens/push-down.ts";
import { compilePredicate } from "../predicate/evaluate.ts";
import type { Op } from "./ops.ts";

/**
 * Moves operations forward where the samples that come out stay the same, so that less is read and done for nothing:
 *
 * - `where` in front of lenses whose fields it can be asked of before,
 * - shuffles and partitions by sample in front of maps and lenses, which leave number and order as they are,
 * - partitions by shard in front of whatever looks at one sample at a time.
 */
export function hoist(ops: readonly Op[]): Op[] {
  const hoisted: Op[] = [];
  for (const op of ops) {
    let at = hoisted.length;
    let moved: Op = op;
    for (; at > 0; at--) {
      const passed = past(moved, hoisted[at - 1] as Op, hoisted.slice(0, at - 1));
      if (passed === undefined) break;
      moved = passed;
    }
    hoisted.splice(at, 0, moved);
  }
  return hoisted;
}

/** Gives an operation in the form that it has in front of another, or `undefined` when it must stay behind it. */
function past(op: Op, other: Op, before: readonly Op[]): Op | undefined {
  if (op.op === "where") {
    if (other.op !== "as") return undefined;
    const predicate = pushDown(op.predicate, other.lens);
    return predicate && { op: "where", predicate, test: compilePredicate(predicate) };
  }
  const oneToOne = other.op === "map" || other.op === "as";
  if (op.op === "shuffle" || (op.op === "partition" && op.by === "sample")) return oneToOne ? op : undefined;
  if (op.op !== "partition") return undefined;
  if (oneToOne || other.op === "filter" || other.op === "where" || other.op === "repeat") return op;
  // The first shuffle orders the shards themselves; a later one only what is read of them.
  return other.op === "shuffle" && before.some((each) => each.op === "shuffle") ? op : undefined;
}

import { AtdataError } from "../errors.ts";
import type { Op, PartitionOp } from "./ops.ts";

/** Throws unless a value is a whole number from `least` on. */
export function requireCount(value: number, name: string, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number from ${least} on, got ${value}`);
  }
}

/** Throws where a partition cannot follow the operations before it. */
export function requirePartition({ index, count, by, equal }: PartitionOp, before: readonly Op[]): void {
  requireCount(count, "count", 1);
  requireCount(index, "index", 0);
  if (index >= count) throw new RangeError(`index ${index} is not below count ${count}`);
  if (equal && before.some(({ op }) => op === "filter" || op === "where")) {
    const fields = { operation: "partition({ equal: true })" };
    const hint = "partition first, then filter";
    throw new AtdataError("COUNTS_UNKNOWN", "a filter leaves a number that is not known", fields, { hint });
  }
  const blocking = before.find(
    (each) =>
      ["take", "skip", "batch", "resume"].includes(each.op) || (each.op === "partition" && each.by === "sample"),
  );
  if (by === "shard" && blocking !== undefined) {
    const name = blocking.op === "partition" ? "partition by sample" : blocking.op;
    throw new TypeError(`partition by shard cannot follow ${name}: put it before, or use by: "sample"`);
  }
}

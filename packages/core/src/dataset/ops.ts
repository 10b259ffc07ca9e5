import type { AnyLens } from "../lens/lens.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { predicateToJson } from "../predicate/predicate-json.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { Ragged } from "./column.ts";
import type { DatasetState } from "./state.ts";

/** How a dataset is dealt out to the parts of a run. */
export interface PartitionOp {
  readonly op: "partition";
  readonly index: number;
  readonly count: number;
  readonly by: "shard" | "sample";
  readonly equal: boolean;
}

/** A seeded shuffle; without a window, one is chosen by the size of the samples. */
export interface ShuffleOp {
  readonly op: "shuffle";
  readonly seed: number;
  readonly epoch: number;
  readonly window: number | "all" | undefined;
}

/** Joins samples; `type` is that of the samples, when known. */
export interface BatchOp {
  readonly op: "batch";
  readonly size: number;
  readonly partial: "keep" | "drop";
  readonly ragged: Ragged;
  readonly type: SampleType | undefined;
}

/** One operation of a dataset, in the order in which they were written. */
export type Op =
  | { readonly op: "filter"; readonly fn: (sample: never) => unknown }
  | { readonly op: "map"; readonly fn: (sample: never) => unknown; readonly concurrency: number }
  | { readonly op: "take" | "skip"; readonly count: number }
  | { readonly op: "repeat"; readonly epochs: number }
  | { readonly op: "where"; readonly predicate: Predicate; readonly test: (sample: object) => boolean }
  | { readonly op: "as"; readonly lens: AnyLens }
  | { readonly op: "resume"; readonly state: DatasetState }
  | PartitionOp
  | ShuffleOp
  | BatchOp;

/**
 * Describes an operation for the check that a state belongs to a pipeline.
 *
 * Functions cannot be told apart. Nor are the parts of a partition by sample, because a state may be taken up by
 * another number of them.
 */
export function describeOp(op: Op): string {
  switch (op.op) {
    case "take":
    case "skip":
      return `${op.op}(${op.count})`;
    case "repeat":
      return `repeat(${op.epochs})`;
    case "shuffle":
      return `shuffle(${op.seed},${op.epoch},${op.window ?? "auto"})`;
    case "partition":
      return `partition(${op.by === "sample" ? "" : `${op.index}/${op.count}`}${op.equal ? " equal" : ""})`;
    case "batch":
      return `batch(${op.size},${op.partial})`;
    case "where":
      return `where(${JSON.stringify(predicateToJson(op.predicate))})`;
    case "resume":
      return `resume(${JSON.stringify(op.state.position)})`;
    default:
      return op.op;
  }
}

/**
 * Gives the function that maps and lenses together are, when there is nothing else: position and key of a sample are
 * then those of its source.
 */
export function stepsOneToOne(ops: readonly Op[]): ((sample: unknown) => Promise<unknown>) | undefined {
  const steps: ((sample: never) => unknown)[] = [];
  for (const op of ops) {
    if (op.op === "map") steps.push(op.fn);
    else if (op.op === "as") steps.push(op.lens.get);
    else return undefined;
  }
  return async (sample) => {
    let value = sample;
    for (const step of steps) value = await step(value as never);
    return value;
  };
}

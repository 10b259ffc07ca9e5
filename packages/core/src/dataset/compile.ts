import type { Ownership } from "../codec/cursor.ts";
import type { AnyLens } from "../lens/lens.ts";
import { hoistPartitions, planBase } from "./base-plan.ts";
import { type BaseContext, baseStage, countsUnknown, type Entry } from "./base-stage.ts";
import { BatchStage } from "./batch-stage.ts";
import { BufferShuffleStage } from "./buffer-shuffle-stage.ts";
import { ConcurrentStage } from "./concurrent-stage.ts";
import type { Op } from "./ops.ts";
import { RepeatStage } from "./repeat-stage.ts";
import { SkipStage, StrideStage, TakeStage } from "./slice-stages.ts";
import { isThenable, type Stage, type StageState } from "./stage.ts";
import { DROP, type Step, TransformStage } from "./transform-stage.ts";

const DEFAULT_BUFFER = 10_000;

/** What compiling takes; how arrays leave the memory read is found from the operations. */
export type CompileContext = Omit<BaseContext, "ownership"> & {
  /** What the user of the samples asked for. */
  readonly memory: Ownership;
};

type Pair = readonly [StageState, number];

/** Builds the stages of a dataset, from a state on. */
export function compile(
  context: CompileContext,
  operations: readonly Op[],
  state: StageState | undefined,
): Stage<unknown> {
  const ops = hoistPartitions(operations);
  const plan = planBase(ops, context.counts !== undefined);
  const ownership = ownershipOf(ops.slice(plan.absorbed), context.memory);
  const base = { ...context, ownership };
  const wrap = context.entries ? onEntry : (step: Step) => step;

  const build = (length: number, epoch: number, from: StageState | undefined): Stage<unknown> => {
    if (length <= plan.absorbed) return baseStage(base, plan, (plan.shuffle?.epoch ?? 0) + epoch, from);
    const op = ops[length - 1] as Op;
    const pair = from as Pair | undefined;
    switch (op.op) {
      case "take":
        return new TakeStage(build(length - 1, epoch, pair?.[0]), op.count, pair?.[1] ?? 0);
      case "skip":
        return new SkipStage(build(length - 1, epoch, pair?.[0]), pair?.[1] ?? op.count);
      case "repeat": {
        const [start, inner] = (from as readonly [number, StageState] | undefined) ?? [0, undefined];
        return new RepeatStage((turn, at) => build(length - 1, epoch + turn, at), op.epochs, start, inner);
      }
      case "shuffle": {
        const size = typeof op.window === "number" ? op.window : DEFAULT_BUFFER;
        if (op.window === "all") throw countsUnknown('shuffle({ window: "all" })');
        const seed = { seed: op.seed, epoch: op.epoch + epoch };
        return new BufferShuffleStage(build(length - 1, epoch, pair?.[0]), seed, size, pair?.[1] ?? 0);
      }
      case "partition":
        if (op.equal) throw countsUnknown("partition({ equal: true })");
        return new StrideStage(build(length - 1, epoch, pair?.[0]), op, pair?.[1] ?? 0);
      case "batch":
        return new BatchStage(build(length - 1, epoch, from) as Stage<Record<string, unknown>>, op);
      case "map":
        if (op.concurrency > 1) {
          return new ConcurrentStage(build(length - 1, epoch, from), wrap(op.fn as Step), op.concurrency);
        }
    }
    // A run of filters and maps is one stage.
    let first = length;
    while (first > plan.absorbed && isTransform(ops[first - 1] as Op)) first -= 1;
    return new TransformStage(
      build(first, epoch, from),
      ops.slice(first, length).map((each) => wrap(stepOf(each))),
    );
  };
  return build(ops.length, 0, state);
}

/** Who keeps samples needs them copied; a batch copies them itself and takes them as they lie. */
function ownershipOf(ops: readonly Op[], asked: Ownership): Ownership {
  const keeps = ops.findIndex(({ op }) => op === "shuffle");
  const batch = ops.findIndex(({ op }) => op === "batch");
  if (batch === 0) return "borrow";
  if (keeps >= 0 && (batch < 0 || keeps < batch)) return "copy";
  return asked === "borrow" && ops.some((op) => op.op === "map" && op.concurrency > 1) ? "share" : asked;
}

function isTransform(op: Op): boolean {
  return op.op === "filter" || op.op === "where" || op.op === "as" || (op.op === "map" && op.concurrency === 1);
}

function stepOf(op: Op): Step {
  switch (op.op) {
    case "filter":
      return filterStep(op.fn as Step);
    case "where":
      return filterStep(op.test as Step);
    case "as":
      return lensStep(op.lens);
    case "map":
      return op.fn as Step;
    default:
      throw new TypeError(`${op.op} is no transform`);
  }
}

function lensStep(lens: AnyLens): Step {
  return (sample) => lens.get(sample as never);
}

function filterStep(test: Step): Step {
  return (sample) => {
    const kept = test(sample);
    if (isThenable(kept)) return kept.then((yes) => (yes ? sample : DROP));
    return kept ? sample : DROP;
  };
}

/** Makes a step look at the sample of an entry. */
function onEntry(step: Step): Step {
  return (entry) => {
    const { key, shard, sample } = entry as Entry<unknown>;
    const result = step(sample);
    if (result === DROP) return DROP;
    if (isThenable(result)) return result.then((value) => (value === DROP ? DROP : { key, shard, sample: value }));
    return { key, shard, sample: result };
  };
}

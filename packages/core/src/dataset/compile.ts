import type { Ownership } from "../codec/cursor.ts";
import type { BaseContext, Entry } from "./base-context.ts";
import type { BasePlan } from "./base-plan.ts";
import { baseStage, countsUnknown, FULL_SHUFFLE, shuffledStage } from "./base-stage.ts";
import { BatchStage } from "./batch-stage.ts";
import { BufferShuffleStage } from "./buffer-shuffle-stage.ts";
import { ConcurrentStage } from "./concurrent-stage.ts";
import type { Op } from "./ops.ts";
import { RepeatStage } from "./repeat-stage.ts";
import { SkipStage, StrideStage, TakeStage } from "./slice-stages.ts";
import { isThenable, type Stage, type StageState } from "./stage.ts";
import { asPair, positionIn } from "./state.ts";
import { DROP, type Step, TransformStage } from "./transform-stage.ts";

/** What compiling takes; how arrays leave the memory read is found from the operations. */
export type CompileContext = Omit<BaseContext, "ownership"> & {
  /** What the user of the samples asked for. */
  readonly memory: Ownership;
  /** Identifies what the order of reading depends on. */
  readonly order: string | undefined;
};

/** Builds the stages of a dataset. The plan answers the first operations. */
export function compile(context: CompileContext, ops: readonly Op[], plan: BasePlan): Stage<unknown> {
  const base: BaseContext = { ...context, ownership: ownershipOf(ops.slice(plan.absorbed), context.memory) };
  const wrap = context.giving === "samples" ? (step: Step) => step : onEntry;

  const build = (length: number, epoch: number, from: StageState | undefined): Stage<unknown> => {
    if (length <= plan.absorbed) return baseStage(base, plan, (plan.shuffle?.epoch ?? 0) + epoch, from);
    const op = ops[length - 1] as Op;
    const upstream = (state: StageState | undefined) => build(length - 1, epoch, state);
    switch (op.op) {
      case "resume":
        return upstream(from ?? positionIn(op.state, context.order));
      case "take": {
        const pair = asPair(from);
        return new TakeStage(upstream(pair?.[0]), op.count, pair?.[1] ?? 0);
      }
      case "skip": {
        const pair = asPair(from);
        return new SkipStage(upstream(pair?.[0]), pair?.[1] ?? op.count);
      }
      case "repeat": {
        const pair = asPair(from);
        return new RepeatStage((turn, at) => build(length - 1, epoch + turn, at), op.epochs, pair?.[1] ?? 0, pair?.[0]);
      }
      case "shuffle": {
        const seed = { seed: op.seed, epoch: op.epoch + epoch };
        if (op.window === "all") {
          const found = ops.slice(plan.absorbed, length - 1).every((each) => each.op === "where");
          if (!found) throw countsUnknown(FULL_SHUFFLE);
          return shuffledStage(base, plan, seed, from);
        }
        const pair = asPair(from);
        return new BufferShuffleStage(upstream(pair?.[0]), seed, op.window, pair?.[1] ?? 0);
      }
      case "partition": {
        if (op.equal) throw countsUnknown("partition({ equal: true })");
        const pair = asPair(from);
        return new StrideStage(upstream(pair?.[0]), op, pair?.[1] ?? 0);
      }
      case "batch":
        return new BatchStage(upstream(from), op);
      case "map":
        if (op.concurrency > 1) return new ConcurrentStage(upstream(from), wrap(op.fn as Step), op.concurrency);
    }
    // A run of filters and maps is one stage.
    const steps: Step[] = [];
    let first = length;
    for (; first > plan.absorbed; first--) {
      const step = stepOf(ops[first - 1] as Op);
      if (step === undefined) break;
      steps.unshift(wrap(step));
    }
    return new TransformStage(build(first, epoch, from), steps);
  };
  return build(ops.length, 0, undefined);
}

/** Who keeps samples needs them copied; a batch copies them itself, and so takes them as they lie. */
function ownershipOf(ops: readonly Op[], asked: Ownership): Ownership {
  // What looks at samples, or passes them on, without keeping any.
  const first = ops.find(({ op }) => !["where", "take", "skip", "partition", "repeat", "resume"].includes(op));
  if (first?.op === "batch") return "borrow";
  const keeps = ops.findIndex(({ op }) => op === "shuffle");
  const batch = ops.findIndex(({ op }) => op === "batch");
  if (keeps >= 0 && (batch < 0 || keeps < batch)) return "copy";
  return asked === "borrow" && ops.some((op) => op.op === "map" && op.concurrency > 1) ? "share" : asked;
}

function stepOf(op: Op): Step | undefined {
  switch (op.op) {
    case "filter":
      return filterStep(op.fn as Step);
    case "where":
      return filterStep(op.test as Step);
    case "as":
      return op.lens.get as Step;
    case "map":
      return op.concurrency === 1 ? (op.fn as Step) : undefined;
    default:
      return undefined;
  }
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
    const result = step((entry as Entry<unknown>).sample);
    if (isThenable(result)) return result.then((value) => withSample(entry as Entry<unknown>, value));
    return withSample(entry as Entry<unknown>, result);
  };
}

function withSample(entry: Entry<unknown>, sample: unknown): unknown {
  if (sample === DROP || sample === entry.sample) return sample === DROP ? DROP : entry;
  return { key: entry.key, shard: entry.shard, sample };
}

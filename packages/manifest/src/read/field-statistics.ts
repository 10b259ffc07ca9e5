import { compareCodePoints, type FieldStatistics, type PredicateValue } from "@atdata/core";
import type { FieldSummary, ShardSummary } from "../summary/shard-summary.ts";

const TOP = 10;
const STEPS = 20;

/** Sums up the fields of several shards; a field that is not counted in each of them is left out. */
export function fieldStatistics(shards: readonly ShardSummary[]): Map<string, FieldStatistics> {
  const parts = new Map<string, FieldSummary[]>();
  const filled = shards.filter(({ samples }) => samples > 0);
  for (const { fields } of filled) {
    for (const [name, summary] of fields) {
      const list = parts.get(name);
      if (list === undefined) parts.set(name, [summary]);
      else list.push(summary);
    }
  }
  const statistics = new Map<string, FieldStatistics>();
  for (const [name, summaries] of parts) {
    const joined = summaries.length === filled.length ? joinSummaries(summaries) : undefined;
    if (joined !== undefined) statistics.set(name, joined);
  }
  return statistics;
}

function joinSummaries(parts: readonly FieldSummary[]): FieldStatistics | undefined {
  const count = total(parts.map((part) => part.count));
  const nulls = total(parts.map((part) => part.nulls));
  const nans = total(parts.map((part) => part.nans));
  if (count === undefined || nulls === undefined || nans === undefined) return undefined;
  // A shard without values has no bounds and says nothing about those of others.
  const valued = parts.filter((part) => part.count !== 0 && !(part.field.kind !== "set" && part.count === part.nans));
  const min = bound(valued, "min", -1);
  const max = bound(valued, "max", 1);
  const sum = total(valued.map((part) => part.sum));
  const values = joinValues(parts.map((part) => part.values));
  const histogram = joinHistograms(valued, min, max);
  return {
    ...{ count, nulls, nans },
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(sum !== undefined && valued.length > 0 && { sum }),
    ...(values !== undefined && { distinct: values.size, top: mostFrequent(values) }),
    ...(histogram !== undefined && { histogram }),
  };
}

function total(numbers: readonly (number | undefined)[]): number | undefined {
  return numbers.reduce(
    (sum: number | undefined, each) => (sum === undefined || each === undefined ? undefined : sum + each),
    0,
  );
}

function bound(parts: readonly FieldSummary[], end: "min" | "max", sign: number): PredicateValue | undefined {
  let best: PredicateValue | undefined;
  for (const part of parts) {
    const value = part[end];
    // A set may have had empty lists only.
    if (value === undefined && part.field.kind !== "set") return undefined;
    if (value !== undefined && (best === undefined || compare(value, best) * sign > 0)) best = value;
  }
  return best;
}

function compare(a: PredicateValue, b: PredicateValue): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return a < b ? -1 : Number(a > b);
}

function joinValues(
  maps: readonly (ReadonlyMap<PredicateValue, number> | undefined)[],
): Map<PredicateValue, number> | undefined {
  const all = new Map<PredicateValue, number>();
  for (const map of maps) {
    if (map === undefined) return undefined;
    for (const [value, count] of map) all.set(value, (all.get(value) ?? 0) + count);
  }
  return all;
}

/** Of equal counts the smaller value first. */
function mostFrequent(values: ReadonlyMap<PredicateValue, number>): { value: PredicateValue; count: number }[] {
  const all = Array.from(values, ([value, count]) => ({ value, count }));
  return all.sort((a, b) => b.count - a.count || compare(a.value, b.value)).slice(0, TOP);
}

/** Puts the bars of each part where they belong between `min` and `max`, spread evenly over the steps that they touch. */
function joinHistograms(
  parts: readonly FieldSummary[],
  min: PredicateValue | undefined,
  max: PredicateValue | undefined,
): readonly number[] | undefined {
  const low = Number(min);
  const width = Number(max) - low;
  if (typeof min === "string" || !Number.isFinite(width)) return undefined;
  const steps = new Array<number>(width === 0 ? 1 : STEPS).fill(0);
  for (const { histogram, min: from, max: to } of parts) {
    if (histogram === undefined) return undefined;
    const bar = (Number(to) - Number(from)) / histogram.length;
    histogram.forEach((count, i) => {
      const start = width === 0 ? 0 : ((Number(from) + i * bar - low) / width) * steps.length;
      const end = width === 0 ? 0 : start + (bar / width) * steps.length;
      spread(steps, start, end, count);
    });
  }
  return roundedSums(steps);
}

function spread(steps: number[], start: number, end: number, count: number): void {
  const first = Math.min(steps.length - 1, Math.floor(start));
  const last = Math.max(first, Math.min(steps.length - 1, Math.ceil(end) - 1));
  for (let step = first; step <= last; step++) {
    const share = last === first ? 1 : (Math.min(end, step + 1) - Math.max(start, step)) / (end - start);
    steps[step] = (steps[step] as number) + count * share;
  }
}

/** Rounds to whole numbers that add up to the same. */
function roundedSums(numbers: readonly number[]): number[] {
  let sum = 0;
  let given = 0;
  return numbers.map((number) => {
    sum += number;
    const whole = Math.round(sum) - given;
    given += whole;
    return whole;
  });
}

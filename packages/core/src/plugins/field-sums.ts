import { compareCodePoints } from "../predicate/compare.ts";
import type { PredicateValue } from "../predicate/predicate.ts";
import type { FieldStatistics } from "../protocols/shard-plugin.ts";

const TOP = 10;

/** Sums up the fields of samples that hold scalars or lists of scalars; a field that no sample has is not there. */
export function sumUp(samples: readonly unknown[]): Map<string, FieldStatistics> {
  const objects = samples.filter((sample) => typeof sample === "object" && sample !== null);
  const names = new Set(objects.flatMap((sample) => Object.keys(sample)));
  const sums = new Map<string, FieldStatistics>();
  for (const name of names) {
    const values = objects.map((sample) => (sample as Record<string, unknown>)[name] ?? undefined);
    const present = values.filter((value) => value !== undefined);
    const items = present.flat();
    if (items.every(isScalar)) sums.set(name, sumUpField(values.length - present.length, present.length, items));
  }
  return sums;
}

function sumUpField(nulls: number, count: number, items: readonly PredicateValue[]): FieldStatistics {
  const values = items.filter((value) => !Number.isNaN(value));
  const counts = new Map<PredicateValue, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts.keys()].sort(compare);
  const top = sorted.map((value) => ({ value, count: counts.get(value) as number }));
  const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value)) as number[];
  return {
    ...{ count, nulls, nans: items.length - values.length },
    ...{ min: sorted[0], max: sorted.at(-1), distinct: sorted.length },
    ...(numbers.length > 0 && { sum: numbers.reduce((sum, value) => sum + value, 0) }),
    top: top.sort((a, b) => b.count - a.count).slice(0, TOP),
  };
}

function compare(a: PredicateValue, b: PredicateValue): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return a < b ? -1 : Number(a > b);
}

function isScalar(value: unknown): value is PredicateValue {
  return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

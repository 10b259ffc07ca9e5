import type { Description, FieldStatistics, PredicateValue } from "@atdata/core";
import { base64, integerJson, numberJson } from "./array-json.ts";

/** Gives the JSON form of a description, with the forms of values that `preview --json` has; what is not known is null. */
export function descriptionJson(found: Description): Record<string, unknown> {
  const { type, fields, shards, samples = null, bytes = null, statistics } = found;
  const known = statistics === undefined ? null : mapValues(statistics, statisticsJson);
  return { type, fields, shards, samples, bytes, statistics: known };
}

function statisticsJson({ min, max, sum, top, ...rest }: FieldStatistics): Record<string, unknown> {
  return {
    ...rest,
    min: scalarJson(min),
    max: scalarJson(max),
    ...(sum !== undefined && { sum: numberJson(sum) }),
    ...(top !== undefined && { top: top.map(({ value, count }) => ({ value: scalarJson(value), count })) }),
  };
}

function scalarJson(value: PredicateValue | undefined): unknown {
  if (value === undefined) return null;
  if (typeof value === "number") return numberJson(value);
  if (typeof value === "bigint") return integerJson(value);
  return value instanceof Uint8Array ? { $bytes: base64(value) } : value;
}

function mapValues<V>(values: Readonly<Record<string, V>>, map: (value: V) => unknown): Record<string, unknown> {
  const mapped: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(values)) mapped[name] = map(value);
  return mapped;
}

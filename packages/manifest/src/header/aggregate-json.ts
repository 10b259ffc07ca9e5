import type { PredicateValue } from "@atdata/core";
import { BloomFilter } from "../summary/bloom.ts";
import { columnValue } from "../summary/column-value.ts";
import type { FieldSummary, ManifestField, ValueFilter } from "../summary/shard-summary.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { valueFromText, valueText } from "./value-text.ts";

/** The aggregate of one field in a header; Python's keys first, then ours. */
export type AggregateJson = Readonly<Record<string, unknown>>;

/** How much of a field a header tells. */
export type AggregateDetail = "all" | "bounds";

/** Writes what is known of a field. */
export function aggregateToJson(summary: FieldSummary, detail: AggregateDetail): AggregateJson {
  const { field, count, nulls, nans, sum } = summary;
  const lists = detail === "all" ? listsOf(summary) : {};
  const bounds = { min: boundToJson(summary.min), max: boundToJson(summary.max) };
  const counts = { count, nulls, ...(field.type === "double" && { nans }) };
  if (field.kind !== "numeric") return { type: field.kind, ...lists, ...bounds, ...counts };
  // Python has 0.0 as the mean of nothing.
  const numbers = (count ?? 0) - (nans ?? 0);
  const mean = numbers === 0 || sum === undefined ? 0 : sum / numbers;
  return { type: field.kind, ...bounds, mean: finite(mean), ...counts, sum: finite(sum), ...lists };
}

function listsOf({ field, values, filter, histogram }: FieldSummary): Record<string, unknown> {
  const entries = values && [...values].map(([value, n]) => [valueText(field.type, value), n] as const);
  return {
    ...(entries !== undefined && field.kind === "categorical" && { cardinality: entries.length }),
    ...(entries !== undefined && field.kind === "set" && { all_values: entries.map(([text]) => text).sort() }),
    ...(entries !== undefined && { value_counts: Object.fromEntries(entries) }),
    ...(filter instanceof BloomFilter && { filter: filterToJson(filter) }),
    ...(histogram !== undefined && { histogram }),
  };
}

/** Reads what `aggregateToJson` wrote; what is missing or malformed is not known. */
export function aggregateFromJson(json: AggregateJson, field: ManifestField): FieldSummary {
  const { histogram } = json;
  const lists = Array.isArray(histogram) && histogram.every(isCount) ? { histogram: histogram as number[] } : {};
  return {
    field,
    count: countFrom(json.count),
    nulls: countFrom(json.nulls),
    nans: field.type === "double" ? countFrom(json.nans) : 0,
    min: boundFromJson(json.min, field),
    max: boundFromJson(json.max, field),
    values: valuesFrom(json.value_counts, field),
    filter: filterFromJson(json.filter, field.type),
    ...(typeof json.sum === "number" && { sum: json.sum }),
    ...lists,
  };
}

/** Reads counts of values by their text; `undefined` when a text is no value of the field. */
export function valuesFrom(json: unknown, field: ManifestField): Map<PredicateValue, number> | undefined {
  if (!isObject(json)) return undefined;
  const values = new Map<PredicateValue, number>();
  for (const [text, count] of Object.entries(json)) {
    const value = valueFromText(field.type, text);
    if (value === undefined || !isCount(count)) return undefined;
    values.set(value, (values.get(value) ?? 0) + count);
  }
  return values;
}

/** Writes a filter as `format` and its bits. */
export function filterToJson(filter: BloomFilter): object {
  return { format: "atdata.bloom/1", bits: toBase64(filter.toBytes()) };
}

/** Reads a filter; one that is malformed or of another version filters nothing. */
export function filterFromJson(json: unknown, type: ManifestField["type"]): ValueFilter | undefined {
  if (!isObject(json) || json.format !== "atdata.bloom/1" || typeof json.bits !== "string") return undefined;
  try {
    return BloomFilter.fromBytes(type, fromBase64(json.bits));
  } catch {
    return undefined;
  }
}

/** Tells whether something is a JSON object. */
export function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Tells whether something is a whole number from 0 on. */
export function isCount(json: unknown): json is number {
  return Number.isSafeInteger(json) && (json as number) >= 0;
}

/** Reads a count, where it is one. */
export function countFrom(json: unknown): number | undefined {
  return isCount(json) ? json : undefined;
}

function boundToJson(bound: PredicateValue | undefined): unknown {
  if (typeof bound === "bigint") return { $int: String(bound) };
  return typeof bound === "number" ? finite(bound) : (bound ?? null);
}

function boundFromJson(json: unknown, field: ManifestField): PredicateValue | undefined {
  if (isObject(json)) return typeof json.$int === "string" ? valueFromText("int64", json.$int) : undefined;
  const isValue = typeof json === "string" || typeof json === "number" || typeof json === "boolean";
  return isValue ? columnValue(field.type, json) : undefined;
}

function finite(number: number | undefined): number | null {
  return Number.isFinite(number) ? (number as number) : null;
}

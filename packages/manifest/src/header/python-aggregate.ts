import { columnValue } from "../summary/column-value.ts";
import type { FieldSummary, ManifestField } from "../summary/shard-summary.ts";
import { type AggregateJson, valuesFrom } from "./aggregate-json.ts";

/**
 * Reads an aggregate that Python wrote, as far as it is exact; `undefined` when it tells nothing of the field.
 *
 * Python names values by `str()`, has integers as floats, and lets NaN spoil the mean and leave the bounds as they were.
 */
export function pythonAggregate(json: AggregateJson, field: ManifestField, samples: number): FieldSummary | undefined {
  if (json.type === "categorical" && field.kind !== "set") return categorical(json, field, samples);
  if (json.type === "numeric" && field.kind !== "set") return numeric(json, field, samples);
  if (json.type === "set" && field.kind === "set") return set(json, field);
  return undefined;
}

function categorical(json: AggregateJson, field: ManifestField, samples: number): FieldSummary | undefined {
  const values = valuesFrom(json.value_counts, field);
  if (values === undefined) return undefined;
  let count = 0;
  for (const n of values.values()) count += n;
  return count > samples ? undefined : { field, count, nulls: samples - count, nans: 0, values };
}

function numeric(json: AggregateJson, field: ManifestField, samples: number): FieldSummary | undefined {
  const { count, mean, min, max } = json;
  if (typeof count !== "number" || !(count >= 0 && count <= samples)) return undefined;
  if (field.type === "string" || field.type === "boolean") return undefined;
  const counts = { field, count, nulls: samples - count };
  // Without a finite mean there may be NaNs, and without them the mean may still be none.
  if (count === 0) return { ...counts, nans: 0 };
  if (typeof mean !== "number" || !Number.isFinite(mean)) return counts;
  const bounds = { min: exact(min, field), max: exact(max, field) };
  return { ...counts, nans: 0, ...bounds, sum: mean * count };
}

function exact(bound: unknown, field: ManifestField): FieldSummary["min"] {
  if (typeof bound !== "number") return undefined;
  // Beyond 2^53 the float may have been rounded to the wrong side.
  return field.type === "int64" && !Number.isSafeInteger(bound) ? undefined : columnValue(field.type, bound);
}

function set(json: AggregateJson, field: ManifestField): FieldSummary | undefined {
  if (!Array.isArray(json.all_values)) return undefined;
  const texts = json.all_values as readonly unknown[];
  if (!texts.every((text) => typeof text === "string")) return undefined;
  const values = valuesFrom(Object.fromEntries(texts.map((text) => [text, 0])), field);
  if (values === undefined) return undefined;
  // How many lists and items there were is not told, so the values serve as a filter that is never wrong.
  const mayHave = (value: Parameters<typeof columnValue>[1]): boolean => {
    const stored = columnValue(field.type, value);
    return stored !== undefined && values.has(stored);
  };
  return { field, filter: { mayHave } };
}

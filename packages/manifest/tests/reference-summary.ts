import { compareCodePoints, type PredicateValue } from "@atdata/core";
import type { FieldSummary, ManifestField, ShardSummary } from "../src/summary/shard-summary.ts";
import type { Row } from "./arbitrary-rows.ts";

/** How much a summary tells. */
export type Detail = "values" | "filter" | "bounds" | "counts" | "nothing";

/** Sums rows up in the plainest way, as an oracle; `detail` leaves out what caps leave out. */
export function referenceSummary(rows: readonly Row[], fields: readonly ManifestField[], detail: Detail): ShardSummary {
  const summaries = fields.map((field) => [field.name, summarize(rows, field, detail)] as const);
  return { url: "s.tar", samples: rows.length, fields: new Map(summaries) };
}

function summarize(rows: readonly Row[], field: ManifestField, detail: Detail): FieldSummary {
  const cells = rows.map((row) => row[field.name] ?? null);
  const present = cells.filter((cell) => cell !== null);
  const items = present.flatMap((cell) => cell as PredicateValue | (PredicateValue | null)[]);
  const values = items.filter((item): item is PredicateValue => item !== null);
  const real = values.filter((value) => !Number.isNaN(value)).sort(compare);
  if (detail === "nothing") return { field };
  const counts = { field, count: present.length, nulls: cells.length - present.length };
  const base = { ...counts, nans: values.length - real.length };
  if (detail === "counts") return base;
  const bounds = real.length > 0 ? { ...base, min: real[0], max: real.at(-1) } : base;
  if (detail === "bounds") return bounds;
  if (detail === "filter") {
    // Half of what is not there is taken for there, as a very full filter would.
    const hashes = new Set(values.map(hash));
    return { ...bounds, filter: { mayHave: (value) => hashes.has(hash(value)) } };
  }
  const distinct = new Map<PredicateValue, number>();
  for (const value of values) distinct.set(canonical(value), (distinct.get(canonical(value)) ?? 0) + 1);
  return { ...bounds, values: distinct };
}

function compare(a: PredicateValue, b: PredicateValue): number {
  if (typeof a === "string") return compareCodePoints(a, b as string);
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonical(value: PredicateValue): PredicateValue {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function hash(value: PredicateValue): number {
  let sum = 0;
  for (const char of numeric(value)) sum += char.codePointAt(0) ?? 0;
  return sum % 5;
}

function numeric(value: PredicateValue): string {
  return typeof value === "number" && Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

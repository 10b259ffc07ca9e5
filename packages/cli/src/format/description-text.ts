import type { Description, FieldStatistics, PredicateValue } from "@atdata/core";
import type { Output } from "../terminal.ts";
import { drawBars, fitBars, wholeBars } from "./bars.ts";
import { formatTable } from "./table.ts";
import { plainText, quote } from "./text.ts";
import { formatBytes, formatCount, formatNumberOf } from "./units.ts";

const MAX_BARS = 32;
const MAX_TOP = 5;
const TEXT_WIDTH = 24;

/** Shows a description: totals, then for each field how many values there are, their range, histogram and most frequent ones. */
export function descriptionText(found: Description, { colors }: Pick<Output, "colors">): string {
  const { type, fields, shards, samples, bytes, statistics = {} } = found;
  const totals = [
    ...(samples === undefined ? [] : [formatNumberOf(samples, "sample")]),
    formatNumberOf(shards, "shard"),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
  ];
  const heads = ["field", "kind", "values", "nulls", "range", "mean", "distinct"].map((head) => colors.dim(head));
  const names = [...new Set([...Object.keys(fields), ...Object.keys(statistics)])];
  const known = (name: string): FieldStatistics | undefined =>
    Object.hasOwn(statistics, name) ? statistics[name] : undefined;
  const rows = names.map((name) => [
    colors.cyan(plainText(name)),
    Object.hasOwn(fields, name) ? (fields[name] as string) : "",
    ...cells(known(name)),
  ]);
  const align = ["left", "left", "right", "right", "left", "right", "right"] as const;
  const [head = "", ...lines] = formatTable([heads, ...rows], align);
  const title = colors.bold(type === null ? "untyped" : plainText(type));
  const shown = [`${title}  ${totals.join(", ")}`, "", head];
  names.forEach((name, i) => {
    shown.push(
      lines[i] as string,
      ...details(known(name), Object.hasOwn(fields, name) && /^int/.test(fields[name] as string)).map(
        (line) => `  ${line}`,
      ),
    );
  });
  return `${shown.join("\n")}\n`;
}

function cells(field: FieldStatistics | undefined): string[] {
  if (field === undefined) return ["", "", "", "", ""];
  const { count, nulls, nans, min, max, sum, distinct } = field;
  const numbers = count - nans;
  const mean = sum === undefined || typeof min === "string" || numbers === 0 ? "" : numberText(sum / numbers);
  const missing = nans === 0 ? formatCount(nulls) : `${formatCount(nulls)} (${formatCount(nans)} NaN)`;
  const range = min === undefined || max === undefined ? "" : `${scalarText(min)} … ${scalarText(max)}`;
  return [formatCount(count), missing, range, mean, distinct === undefined ? "" : formatCount(distinct)];
}

/** The histogram with its bounds, and the values that are there most often. */
function details(field: FieldStatistics | undefined, isWhole: boolean): string[] {
  if (field === undefined) return [];
  const lines: string[] = [];
  const { histogram, top = [], count, min, max } = field;
  if (histogram !== undefined && min !== undefined && max !== undefined && min !== max) {
    const bars = isWhole ? wholeBars(histogram, Number(min), Number(max)) : histogram;
    lines.push(`${scalarText(min)} ${drawBars(fitBars(bars, MAX_BARS))} ${scalarText(max)}`);
  }
  const shown = top.slice(0, MAX_TOP);
  // Where no value is there twice, none of them stands out.
  if (shown.some((each) => each.count > 1)) {
    const share = (part: number): string => `${Math.round((100 * part) / Math.max(1, count))} %`;
    lines.push(shown.map((each) => `${scalarText(each.value)} ${share(each.count)}`).join("   "));
  }
  return lines;
}

function scalarText(value: PredicateValue): string {
  if (typeof value === "string") return quote(value, TEXT_WIDTH);
  if (typeof value === "number") return numberText(value);
  return plainText(String(value));
}

/** Six digits are what a reader takes in; integers are whole. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

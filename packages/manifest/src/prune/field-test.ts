import type { ComparisonOperator, PredicateValue } from "@atdata/core";
import type { FieldSummary } from "../summary/shard-summary.ts";
import { ANYTHING, compareValues, kindOf, mayHold, type Possible, valueKind } from "./possible.ts";
import type { ValueList } from "./value-list.ts";

/** What a test on one field can come to, given what is known of the field in a shard. */
export type FieldTest = (summary: FieldSummary) => Possible;

const NOTHING: Possible = { true: false, false: false };

/** Tests a field that is no list; on one that is all null every test but `isNull` is unknown. */
function onValues(kind: string, test: (summary: FieldSummary, real: boolean, nan: boolean) => Possible): FieldTest {
  return (summary) => {
    // Nothing is ruled out by a value of another kind, because a summary may come from where types are not kept.
    if (summary.field.kind === "set" || valueKind(summary) !== kind) return ANYTHING;
    const { count, nans } = summary;
    if (count === 0) return NOTHING;
    return test(summary, count === undefined || count !== nans, nans !== 0);
  };
}

/** `isNull` on a field. */
export const isNullTest: FieldTest = ({ count, nulls }) => ({ true: nulls !== 0, false: count !== 0 });

/** `field = value`. */
export function equalTest(value: PredicateValue): FieldTest {
  if (Number.isNaN(value)) return onValues("number", () => ({ true: false, false: true }));
  return onValues(kindOf(value), (summary, real, nan) => {
    const { min, max } = summary;
    const only = real && min !== undefined && max !== undefined && compareValues(min, max) === 0;
    const always = only && compareValues(min, value) === 0;
    return { true: real && mayHold(summary, value), false: nan || !always };
  });
}

/** `field < value` and its like. */
export function orderTest(op: Exclude<ComparisonOperator, "=" | "!=">, value: PredicateValue): FieldTest {
  if (typeof value === "boolean" || value instanceof Uint8Array) return () => ANYTHING;
  if (Number.isNaN(value)) return onValues("number", () => ({ true: false, false: true }));
  const down = op[0] === "<";
  const orEqual = op.length === 2;
  const holds = (bound: PredicateValue | undefined): boolean | undefined => {
    if (bound === undefined) return undefined;
    const order = down ? compareValues(bound, value) : compareValues(value, bound);
    return order < 0 || (orEqual && order === 0);
  };
  return onValues(kindOf(value), ({ min, max }, real, nan) => {
    const [best, worst] = down ? [min, max] : [max, min];
    return { true: real && holds(best) !== false, false: nan || holds(worst) !== true };
  });
}

/** `field in (…)`. */
export function inTest(list: ValueList): FieldTest {
  const { kind } = list;
  if (kind === undefined || kind === "bytes") return () => ANYTHING;
  return onValues(kind, (summary, real, nan) => ({
    true: real && list.anyIn(summary),
    false: nan || !real || !list.coversAll(summary),
  }));
}

/** `field startsWith text`. */
export function prefixTest(prefix: string): FieldTest {
  // Half a character at the end is the start of texts that lie apart in the order of code points.
  if (/[\uD800-\uDBFF]$/.test(prefix)) return () => ANYTHING;
  return onValues("string", ({ min, max, values }) => {
    if (values !== undefined) {
      const texts = [...values.keys()] as string[];
      const starts = texts.map((text) => text.startsWith(prefix));
      return { true: starts.includes(true), false: starts.includes(false) };
    }
    const startsMin = (min as string | undefined)?.startsWith(prefix) ?? false;
    const startsMax = (max as string | undefined)?.startsWith(prefix) ?? false;
    const above = min !== undefined && !startsMin && compareValues(min, prefix) > 0;
    const below = max !== undefined && compareValues(max, prefix) < 0;
    return { true: !above && !below, false: !(startsMin && startsMax) };
  });
}

/** `field contains` one of several values. */
export function containsTest(list: ValueList): FieldTest {
  return (summary) => {
    const { kind } = list;
    if (summary.field.kind !== "set" || kind !== valueKind(summary)) return ANYTHING;
    return summary.count === 0 ? NOTHING : { true: list.anyIn(summary), false: true };
  };
}

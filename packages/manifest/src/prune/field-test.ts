import type { ComparisonOperator, PredicateValue } from "@atdata/core";
import type { FieldSummary } from "../summary/shard-summary.ts";
import { compareValues, kindOf, mayHold, valueKind } from "./summary-values.ts";
import type { ValueList } from "./value-list.ts";

/** Tells whether a test on one field may come to a truth for some sample, given what is known of the field in a shard. */
export type FieldTest = (summary: FieldSummary, truth: boolean) => boolean;

/** Tests a field that is no list; on one that is all null every test but `isNull` is unknown. */
function onValues(
  kind: string,
  mayBeTrue: (summary: FieldSummary) => boolean,
  mustBeTrue: (summary: FieldSummary) => boolean,
): FieldTest {
  return (summary, truth) => {
    // Nothing is ruled out by a value of another kind, because a summary may come from where types are not kept.
    if (summary.field.kind === "set" || valueKind(summary) !== kind) return true;
    const { count, nans } = summary;
    if (count === 0) return false;
    const onlyNans = count !== undefined && count === nans;
    if (truth) return !onlyNans && mayBeTrue(summary);
    return nans !== 0 || !mustBeTrue(summary);
  };
}

const never = (): boolean => false;

/** `isNull` on a field. */
export const isNullTest: FieldTest = (summary, truth) => (truth ? summary.nulls !== 0 : summary.count !== 0);

/** `field = value`. */
export function equalTest(value: PredicateValue): FieldTest {
  if (Number.isNaN(value)) return onValues("number", never, never);
  return onValues(
    kindOf(value),
    (summary) => mayHold(summary, value),
    ({ min, max }) =>
      min !== undefined && max !== undefined && compareValues(min, value) === 0 && compareValues(max, value) === 0,
  );
}

/** `field < value` and its like. */
export function orderTest(op: Exclude<ComparisonOperator, "=" | "!=">, value: PredicateValue): FieldTest {
  if (typeof value === "boolean" || value instanceof Uint8Array) return () => true;
  if (Number.isNaN(value)) return onValues("number", never, never);
  const down = op[0] === "<";
  const orEqual = op.length === 2;
  const holds = (bound: PredicateValue): boolean => {
    const order = down ? compareValues(bound, value) : compareValues(value, bound);
    return order < 0 || (orEqual && order === 0);
  };
  return onValues(
    kindOf(value),
    (summary) => {
      const best = down ? summary.min : summary.max;
      return best === undefined || holds(best);
    },
    (summary) => {
      const worst = down ? summary.max : summary.min;
      return worst !== undefined && holds(worst);
    },
  );
}

/** `field in (…)`. */
export function inTest(list: ValueList): FieldTest {
  const { kind } = list;
  if (kind === undefined || kind === "bytes") return () => true;
  return onValues(
    kind,
    (summary) => list.anyIn(summary),
    (summary) => list.coversAll(summary),
  );
}

/** `field startsWith text`. */
export function prefixTest(prefix: string): FieldTest {
  // Half a character at the end is the start of texts that lie apart in the order of code points.
  if (/[\uD800-\uDBFF]$/.test(prefix)) return () => true;
  const starts = (bound: PredicateValue | undefined): boolean =>
    (bound as string | undefined)?.startsWith(prefix) === true;
  return onValues(
    "string",
    ({ min, max, values }) => {
      if (values !== undefined) return Array.from(values.keys()).some(starts);
      const above = min !== undefined && !starts(min) && compareValues(min, prefix) > 0;
      const below = max !== undefined && compareValues(max, prefix) < 0;
      return !above && !below;
    },
    ({ min, max }) => starts(min) && starts(max),
  );
}

/** `field contains` one of several values. */
export function containsTest(list: ValueList): FieldTest {
  return (summary, truth) => {
    if (summary.field.kind !== "set" || list.kind !== valueKind(summary)) return true;
    return summary.count !== 0 && (!truth || list.anyIn(summary));
  };
}

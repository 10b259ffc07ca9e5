import type { Predicate } from "@atdata/core";
import { predicateFields } from "../predicate-fields.ts";
import type { ShardSummary } from "../summary/shard-summary.ts";
import { containsTest, equalTest, type FieldTest, inTest, isNullTest, orderTest, prefixTest } from "./field-test.ts";
import { ValueList } from "./value-list.ts";

/** Tells whether a predicate may come to a truth for some sample of a shard. */
type ShardTest = (summary: ShardSummary, truth: boolean) => boolean;

/**
 * Turns a predicate into a function that tells whether some sample of a shard may match.
 *
 * Never says no wrongly: what a summary does not tell, such as a field that it does not have, counts as possible. Works
 * once through the tree, so that pruning many shards pays only for the comparisons.
 */
export function compilePruner(predicate: Predicate): (summary: ShardSummary) => boolean {
  const test = compile(predicate);
  return (summary) => summary.samples !== 0 && test(summary, true);
}

/**
 * Turns a predicate into a function that gives what of it is left to ask of each sample of a shard: of an `and`, the terms that
 * some sample may fail.
 */
export function compileResidue(predicate: Predicate): (summary: ShardSummary) => Predicate {
  const terms = conjuncts(predicate).map((term) => ({ term, test: compile(term), fields: predicateFields(term) }));
  return (summary) => {
    const known = (name: string): boolean => {
      const field = summary.fields.get(name);
      return field !== undefined && field.nulls === 0 && field.count === summary.samples;
    };
    // Without nulls a term that cannot be false is true: nothing else makes it unknown that the tests do not count as possible.
    const left = terms.filter(({ test, fields }) => test(summary, false) || !fields.every(known));
    return left.length === terms.length ? predicate : { op: "and", terms: left.map(({ term }) => term) };
  };
}

function conjuncts(predicate: Predicate): readonly Predicate[] {
  if (predicate.op === "between") {
    const { field, low, high } = predicate;
    return [
      { op: ">=", field, value: low },
      { op: "<=", field, value: high },
    ];
  }
  return predicate.op === "and" ? predicate.terms.flatMap(conjuncts) : [predicate];
}

/** Tells whether some sample of a shard may match a predicate; never says no wrongly. */
export function mayMatch(predicate: Predicate, summary: ShardSummary): boolean {
  return compilePruner(predicate)(summary);
}

function compile(p: Predicate): ShardTest {
  switch (p.op) {
    case "and":
    case "or":
      return junction(p.terms.map(compile), p.op);
    case "not":
      return negate(compile(p.term));
    case "isNull":
      return onField(p.field, isNullTest);
    case "=":
      return onField(p.field, equalTest(p.value));
    case "!=":
      return negate(onField(p.field, equalTest(p.value)));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return onField(p.field, orderTest(p.op, p.value));
    case "between":
      return junction([onField(p.field, orderTest(">=", p.low)), onField(p.field, orderTest("<=", p.high))], "and");
    case "in":
      return p.values.length === 0 ? junction([], "or") : onField(p.field, inTest(new ValueList(p.values)));
    case "contains":
      return onField(p.field, containsTest(new ValueList([p.value])));
    case "containsAny":
      return p.values.length === 0 ? junction([], "or") : onField(p.field, containsTest(new ValueList(p.values)));
    case "containsAll":
      return junction(
        p.values.map((value) => onField(p.field, containsTest(new ValueList([value])))),
        "and",
      );
    case "startsWith":
      return onField(p.field, prefixTest(p.value));
  }
}

function onField(field: string, test: FieldTest): ShardTest {
  return ({ fields }, truth) => {
    const summary = fields.get(field);
    return summary === undefined || test(summary, truth);
  };
}

function negate(test: ShardTest): ShardTest {
  return (shard, truth) => test(shard, !truth);
}

/** An `and` can be true only if each part can, an `or` false only if each part can. */
function junction(tests: readonly ShardTest[], op: "and" | "or"): ShardTest {
  const needsAll = op === "and";
  return (shard, truth) =>
    truth === needsAll ? tests.every((test) => test(shard, truth)) : tests.some((test) => test(shard, truth));
}

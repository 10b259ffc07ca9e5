import { compareCodePoints, equalBytes, equalNumbers, isNumeric, type Truth } from "./compare.ts";
import type { ComparisonOperator, Predicate, PredicateValue } from "./predicate.ts";

type ValueTest = (value: unknown) => Truth;
type SampleTest = (sample: object) => Truth;

/**
 * Turns a predicate into a function that tells whether a sample matches.
 *
 * Works once through the tree, so that a scan pays only for the comparisons.
 *
 * @example
 * ```ts
 * import { compilePredicate } from "@atdata/core";
 * const seven = compilePredicate({ op: "=", field: "label", value: 7 });
 * seven({ label: 7n }); // -> true
 * seven({ label: null }); // -> false
 * ```
 */
export function compilePredicate(predicate: Predicate): (sample: object) => boolean {
  const test = compile(predicate);
  return (sample) => test(sample) === true;
}

/**
 * Evaluates a predicate on one sample.
 *
 * @returns `undefined` when it is unknown, because a field that it needs is null.
 */
export function evaluate(predicate: Predicate, sample: object): boolean | undefined {
  return compile(predicate)(sample);
}

function compile(p: Predicate): SampleTest {
  switch (p.op) {
    case "=":
      return onField(p.field, equals(p.value));
    case "!=":
      return negate(onField(p.field, equals(p.value)));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return onField(p.field, ordered(p.op, p.value));
    case "between":
      return junction([onField(p.field, ordered(">=", p.low)), onField(p.field, ordered("<=", p.high))], false);
    case "in":
      return p.values.length === 0 ? () => false : onField(p.field, oneOf(p.values));
    case "contains":
      return onField(p.field, hasItem(equals(p.value)));
    case "containsAny":
      return p.values.length === 0 ? () => false : onField(p.field, hasItem(oneOf(p.values)));
    case "containsAll":
      return junction(
        p.values.map((value) => onField(p.field, hasItem(equals(value)))),
        false,
      );
    case "startsWith": {
      const { value } = p;
      return onField(p.field, (x) => (typeof x === "string" ? x.startsWith(value) : undefined));
    }
    case "isNull":
      return onField(p.field, (x) => x === undefined || x === null);
    case "not":
      return negate(compile(p.term));
    case "and":
    case "or":
      return junction(p.terms.map(compile), p.op === "or");
  }
}

function onField(field: string, test: ValueTest): SampleTest {
  // A raw sample may have any key: what it inherits (`constructor`, `toString`) is not one of its fields.
  if (field in Object.prototype) {
    return (sample) => test(Object.hasOwn(sample, field) ? (sample as Record<string, unknown>)[field] : undefined);
  }
  return (sample) => test((sample as Record<string, unknown>)[field]);
}

function negate(test: SampleTest): SampleTest {
  return (sample) => {
    const truth = test(sample);
    return truth === undefined ? undefined : !truth;
  };
}

/** `decisive` is the truth that settles the matter: true for `or`, false for `and`. */
function junction(tests: readonly SampleTest[], decisive: boolean): SampleTest {
  return (sample) => {
    let result: Truth = !decisive;
    for (const test of tests) {
      const truth = test(sample);
      if (truth === decisive) return decisive;
      if (truth === undefined) result = undefined;
    }
    return result;
  };
}

function equals(value: PredicateValue): ValueTest {
  if (isNumeric(value)) return (x) => (isNumeric(x) ? equalNumbers(x, value) : undefined);
  if (value instanceof Uint8Array) return (x) => (x instanceof Uint8Array ? equalBytes(x, value) : undefined);
  if (typeof value === "string") return (x) => (typeof x === "string" ? x === value : undefined);
  return (x) => (typeof x === "boolean" ? x === value : undefined);
}

function ordered(op: Exclude<ComparisonOperator, "=" | "!=">, value: PredicateValue): ValueTest {
  if (isNumeric(value)) {
    if (op === "<") return (x) => (isNumeric(x) ? x < value : undefined);
    if (op === "<=") return (x) => (isNumeric(x) ? x <= value : undefined);
    if (op === ">") return (x) => (isNumeric(x) ? x > value : undefined);
    return (x) => (isNumeric(x) ? x >= value : undefined);
  }
  if (typeof value !== "string") return () => undefined;
  const sign = op[0] === "<" ? -1 : 1;
  const orEqual = op.length === 2;
  return (x) => {
    if (typeof x !== "string") return undefined;
    const order = compareCodePoints(x, value) * sign;
    return order > 0 || (orEqual && order === 0);
  };
}

function hasItem(test: ValueTest): ValueTest {
  return (x) => (Array.isArray(x) ? x.some((item) => test(item) === true) : undefined);
}

/** Membership by hash, so that a list of thousands of ids costs no more than one of two. */
function oneOf(values: readonly PredicateValue[]): ValueTest {
  const keys = new Set<unknown>();
  const byteStrings: Uint8Array[] = [];
  const kinds = new Set<string>();
  for (const value of values) {
    kinds.add(kindOf(value));
    if (value instanceof Uint8Array) byteStrings.push(value);
    else if (!Number.isNaN(value)) keys.add(hashKey(value));
  }
  const only = kinds.size === 1 ? [...kinds][0] : undefined;
  return (x) => {
    const found = x instanceof Uint8Array ? byteStrings.some((b) => equalBytes(b, x)) : keys.has(hashKey(x));
    if (found) return true;
    return only !== undefined && kindOf(x) === only ? false : undefined;
  };
}

function kindOf(value: unknown): string {
  if (typeof value === "bigint") return "number";
  return value instanceof Uint8Array ? "bytes" : typeof value;
}

/** One key for equal numbers: a number where it is a safe integer or a fraction, a bigint beyond. */
function hashKey(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

import { AtdataError } from "../errors.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { checkPredicate, unknownField } from "./check-predicate.ts";
import type { AnyHandle, Condition, ConditionMethods, FieldHandles, Several } from "./field-handles.ts";
import type { ComparisonOperator, Predicate, PredicateValue } from "./predicate.ts";
import { predicateTree } from "./predicate-json.ts";

const methods: ConditionMethods & ThisType<Predicate> = {
  and(...others) {
    return join("and", [this, ...others]);
  },
  or(...others) {
    return join("or", [this, ...others]);
  },
  not() {
    return condition(this.op === "not" ? this.term : { op: "not", term: this });
  },
  toJSON() {
    return predicateTree(this);
  },
};

function condition(tree: Predicate): Condition {
  return Object.freeze(Object.assign(Object.create(methods), tree));
}

/** Nested junctions of one kind become one: chains of hundreds stay flat, within the depth limit of the JSON form. */
function join(op: "and" | "or", parts: readonly Predicate[]): Condition {
  return condition({ op, terms: Object.freeze(parts.flatMap((part) => (part.op === op ? part.terms : part))) });
}

function handle(field: string): AnyHandle {
  const compare = (op: ComparisonOperator) => (operand: PredicateValue) =>
    condition({ op, field, value: value(operand, op) });
  const member = (op: "in" | "containsAny" | "containsAll") => (operands: Several<PredicateValue>) => {
    if (typeof operands === "string") throw new TypeError(`${op} takes an array or set of values`);
    return condition({ op, field, values: Object.freeze(Array.from(operands, (operand) => value(operand, op))) });
  };
  return {
    eq: compare("="),
    ne: compare("!="),
    lt: compare("<"),
    le: compare("<="),
    gt: compare(">"),
    ge: compare(">="),
    in: member("in"),
    between: (low, high) =>
      condition({ op: "between", field, low: value(low, "between"), high: value(high, "between") }),
    contains: (operand) => condition({ op: "contains", field, value: value(operand, "contains") }),
    containsAny: member("containsAny"),
    containsAll: member("containsAll"),
    startsWith: (operand) => {
      if (typeof operand !== "string") throw new TypeError("startsWith takes a string");
      return condition({ op: "startsWith", field, value: operand });
    },
    isNull: () => condition({ op: "isNull", field }),
  };
}

function value(operand: PredicateValue, op: string): PredicateValue {
  // A copy, because the caller may reuse the buffer while the predicate is still in use.
  if (operand instanceof Uint8Array) return operand.slice();
  if (["string", "number", "bigint", "boolean"].includes(typeof operand)) return operand;
  const hint = operand === null || operand === undefined ? "; ask for null with isNull()" : "";
  throw new TypeError(`${op} takes a string, number, bigint, boolean or Uint8Array${hint}`);
}

/**
 * Makes the handles of a type's fields, as `where` gives them to its function.
 *
 * Without a type every name is taken, and both `f.name` and `f("name")` work.
 *
 * @throws AtdataError `PREDICATE_INVALID` – from reading a field that the type does not have.
 */
export function fieldHandles<S = Record<string, unknown>>(type?: SampleType<S>): FieldHandles<S> {
  const named = (name: string | symbol): AnyHandle | undefined => {
    if (typeof name === "symbol") return undefined;
    if (type !== undefined && !Object.hasOwn(type.fields, name)) throw unknownField(name, type);
    return handle(name);
  };
  // A proxy, because `f.ink` must work without knowing the fields and `f.inc` must say what there is instead.
  const proxy: object = new Proxy(() => {}, {
    get: (_target, name) => named(name),
    apply: (_target, _self, [name]: [string]) => named(name),
  });
  return proxy as FieldHandles<S>;
}

/**
 * Makes a predicate out of a tree or a builder function, and checks it against a type when one is given.
 *
 * @returns The tree as it was given, or what the function returned.
 * @throws AtdataError `PREDICATE_INVALID` – unknown field, or a value or operator that does not suit it.
 * @example
 * ```ts
 * import { buildPredicate } from "@atdata/core";
 * const p = buildPredicate((f) => f("label").in([1, 7]).and(f("note").isNull().not()));
 * JSON.stringify(p.op); // -> '"and"'
 * ```
 */
export function buildPredicate<S = Record<string, unknown>>(
  where: Predicate | ((fields: FieldHandles<S>) => Predicate),
  type?: SampleType<S>,
): Predicate {
  const predicate = typeof where === "function" ? where(fieldHandles(type)) : where;
  if (typeof predicate !== "object" || predicate === null || typeof predicate.op !== "string") {
    throw new AtdataError(
      "PREDICATE_INVALID",
      "not a predicate",
      {},
      { hint: "where((f) => f.label.eq(7)), or a tree" },
    );
  }
  if (type !== undefined) checkPredicate(predicate, type);
  return predicate;
}

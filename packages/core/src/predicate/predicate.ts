/** A value that a field is compared with. There is no null: `isNull` asks for that. */
export type PredicateValue = string | number | bigint | boolean | Uint8Array;

/** The operators that compare a field with one value by order or equality. */
export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** `field op value`. */
export interface Comparison {
  /** The operator. */
  readonly op: ComparisonOperator;
  /** The field's name. */
  readonly field: string;
  /** What it is compared with. */
  readonly value: PredicateValue;
}

/** Membership: is the field one of the values; does the list hold any, or all, of them. */
export interface Membership {
  /** The operator. */
  readonly op: "in" | "containsAny" | "containsAll";
  /** The field's name. */
  readonly field: string;
  /** The values, in any order; none is allowed. */
  readonly values: readonly PredicateValue[];
}

/** `low <= field and field <= high`. */
export interface Between {
  /** The operator. */
  readonly op: "between";
  /** The field's name. */
  readonly field: string;
  /** Smallest value that matches. */
  readonly low: PredicateValue;
  /** Largest value that matches. */
  readonly high: PredicateValue;
}

/** Whether a list field holds a value. */
export interface Contains {
  /** The operator. */
  readonly op: "contains";
  /** The field's name. */
  readonly field: string;
  /** The item looked for. */
  readonly value: PredicateValue;
}

/** Whether a string field starts with a text. */
export interface StartsWith {
  /** The operator. */
  readonly op: "startsWith";
  /** The field's name. */
  readonly field: string;
  /** The text. */
  readonly value: string;
}

/** Whether a field is absent or null. */
export interface IsNull {
  /** The operator. */
  readonly op: "isNull";
  /** The field's name. */
  readonly field: string;
}

/** The opposite of a predicate. */
export interface Not {
  /** The operator. */
  readonly op: "not";
  /** What is negated. */
  readonly term: Predicate;
}

/** All, or at least one, of several predicates; of none, `and` is true and `or` is false. */
export interface Junction {
  /** The operator. */
  readonly op: "and" | "or";
  /** The parts. */
  readonly terms: readonly Predicate[];
}

/**
 * A condition on a sample's fields: an immutable tree of plain objects that can be sent, stored and pushed down.
 *
 * Meaning: SQL's three-valued logic; a predicate selects the samples for which it is true, not those for which it is
 * unknown. Everything reduces to six tests, and the others are short for them:
 *
 * - `=` and `<` on a null field, or on a value of another kind, are unknown. Numbers and bigints are one kind and compare
 *   exactly, −0 equals 0, and with NaN both are false. Strings compare by code point. Booleans and bytes have no order:
 *   `<` on them is unknown.
 * - `!=` is `not =` (so true for NaN); `<=` is `<` or `=`; `between` is `>=` and `<=`; `in` is `or` of `=`, so `in ()` is false.
 * - `contains` is true when an item equals the value and false otherwise, nulls and NaN among the items never matching;
 *   on a null field, or one that is no list, it is unknown. `containsAny` is `or`, `containsAll` is `and`, of `contains`.
 * - `startsWith` is unknown on a null field or one that is no string.
 * - `isNull` is never unknown: true for null, undefined and an absent field.
 *
 * The builders (`where((f) => f.ink.gt(40))`) make such trees; writing one by hand is just as good.
 *
 * @example
 * ```ts
 * import { compilePredicate, type Predicate } from "@atdata/core";
 * const p: Predicate = { op: "and", terms: [{ op: ">", field: "ink", value: 40 }, { op: "isNull", field: "note" }] };
 * compilePredicate(p)({ ink: 41.5 }); // -> true
 * ```
 */
export type Predicate = Comparison | Membership | Between | Contains | StartsWith | IsNull | Not | Junction;

/** The operators there are. */
export type PredicateOperator = Predicate["op"];

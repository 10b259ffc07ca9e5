import type { Predicate, PredicateValue } from "./predicate.ts";

/** What a predicate that a builder made can do besides being a tree. */
export interface ConditionMethods {
  /** True where this and all the others are. */
  and(...others: readonly Predicate[]): Condition;
  /** True where this or one of the others is. */
  or(...others: readonly Predicate[]): Condition;
  /** True where this is false; unknown stays unknown. */
  not(): Condition;
  /** Gives the JSON form of the tree, so that `JSON.stringify` neither fails on bigints nor loses NaN. */
  toJSON(): unknown;
}

/**
 * A predicate made by a builder: the plain tree, with `and`, `or` and `not` on its prototype.
 *
 * Its own properties are the tree's alone, so it compares, clones and posts to workers like a tree written by hand.
 */
export type Condition = Predicate & ConditionMethods;

/** Several values. Not any iterable: a string is one, of its letters, and would be taken for a list of them. */
export type Several<T> = readonly T[] | ReadonlySet<T>;

/** A field of any kind. */
export interface FieldHandle {
  /** True where the field is null or absent. */
  isNull(): Condition;
}

/** A field whose values can be told apart. */
export interface EqualityHandle<T> extends FieldHandle {
  /** Equal. */
  eq(value: T): Condition;
  /** Not equal; unknown for null. */
  ne(value: T): Condition;
  /** One of the values. */
  in(values: Several<T>): Condition;
}

/** A field whose values have an order; `T` are the values it may equal, `O` those it is ordered against. */
export interface OrderedHandle<T, O = T> extends EqualityHandle<T> {
  /** Less than. */
  lt(value: O): Condition;
  /** Less than or equal. */
  le(value: O): Condition;
  /** Greater than. */
  gt(value: O): Condition;
  /** Greater than or equal. */
  ge(value: O): Condition;
  /** From `low` to `high`, both included. */
  between(low: O, high: O): Condition;
}

/** A text field; its order is by code point. */
export interface StringHandle<T extends string = string> extends OrderedHandle<T, string> {
  /** Starts with a text. */
  startsWith(value: string): Condition;
}

/** A list field. */
export interface ListHandle<T> extends FieldHandle {
  /** Holds the item. */
  contains(value: T): Condition;
  /** Holds at least one of the items. */
  containsAny(values: Several<T>): Condition;
  /** Holds all of the items. */
  containsAll(values: Several<T>): Condition;
}

/** A field of an untyped sample: any operator, any value. */
export interface AnyHandle extends OrderedHandle<PredicateValue>, ListHandle<PredicateValue> {
  /** Starts with a text. */
  startsWith(value: string): Condition;
}

/** The handle of a field whose values are of type `T`. */
export type HandleOf<T> = unknown extends T
  ? AnyHandle
  : [T] extends [string]
    ? StringHandle<T>
    : [T] extends [number | bigint]
      ? OrderedHandle<number | bigint>
      : [T] extends [boolean]
        ? EqualityHandle<boolean>
        : [T] extends [Uint8Array]
          ? EqualityHandle<Uint8Array>
          : [T] extends [readonly (infer I)[]]
            ? ItemHandle<I>
            : FieldHandle;

type ItemHandle<I> = unknown extends I
  ? ListHandle<PredicateValue>
  : [I] extends [number | bigint]
    ? ListHandle<number | bigint>
    : [I] extends [PredicateValue]
      ? ListHandle<I>
      : FieldHandle;

/**
 * What a `where` builder is given: a handle for each field of a sample of type `S`.
 *
 * Derived from the sample's plain type: texts and numbers compare, booleans and bytes only equal, lists contain,
 * anything else has `isNull` alone. For an untyped sample it is a function of the field's name instead.
 *
 * @example
 * ```ts
 * import { buildPredicate, type FieldHandles } from "@atdata/core";
 * const dark = (f: FieldHandles<{ ink: number; tags: string[] }>) => f.ink.gt(40).and(f.tags.contains("even"));
 * buildPredicate(dark).op; // -> "and"
 * ```
 */
export type FieldHandles<S> = unknown extends S
  ? (name: string) => AnyHandle
  : string extends keyof S
    ? (name: string) => AnyHandle
    : { readonly [K in keyof S]-?: HandleOf<Exclude<S[K], null | undefined>> };

import type { DType, NdArray } from "../ndarray/ndarray.ts";

/** The kinds that values are cast between. */
export type CastKind = "str" | "int" | "int64" | "float" | "bool";

/** A value that a lens can supply by itself. */
export type LensValue = string | number | bigint | boolean | Uint8Array | readonly LensValue[];

/**
 * How one view field comes about; the steps are taken in the order of these keys.
 *
 * Exactly one of `from` and `constant` is given.
 */
export interface FieldStep {
  /** The source field. */
  readonly from?: string;
  /** The value, the same for every sample. */
  readonly constant?: LensValue;
  /** Stands in where the source field is null. */
  readonly default?: LensValue;
  /** Converts a single value. */
  readonly cast?: CastKind;
  /** Reorders the axes: `transpose[i]` becomes axis `i`. */
  readonly transpose?: readonly number[];
  /** Gives the elements another shape; one axis may be −1. */
  readonly reshape?: readonly number[];
  /** Converts the elements. */
  readonly astype?: DType;
}

/** How each view field comes about, by name. */
export type FieldLensSpec = Readonly<Record<string, FieldStep>>;

type Present<T> = Exclude<T, null | undefined>;
type Scalar = string | number | bigint | boolean;

/** The names of `S` whose values may stand in a field of type `T`. */
type KeysFor<S, T> = { [K in keyof S]-?: S[K] extends T ? K : never }[keyof S] & string;
type ScalarKeys<S> = { [K in keyof S]-?: Present<S[K]> extends Scalar ? K : never }[keyof S] & string;
type RequiredScalarKeys<S> = { [K in keyof S]-?: S[K] extends Scalar ? K : never }[keyof S] & string;
type ArrayKeys<S> = { [K in keyof S]-?: Present<S[K]> extends NdArray ? K : never }[keyof S] & string;

type RequiredArrayKeys<S> = { [K in keyof S]-?: S[K] extends NdArray ? K : never }[keyof S] & string;

type CastTo<T> = T extends string
  ? "str"
  : T extends number
    ? "int" | "float"
    : T extends bigint
      ? "int64"
      : T extends boolean
        ? "bool"
        : never;

type ArraySteps<T> =
  T extends NdArray<infer D>
    ? { readonly transpose?: readonly number[]; readonly reshape?: readonly number[]; readonly astype?: D }
    : never;

/** How a view field of type `T` may come about from a source of type `S`. */
export type FieldStepFor<S, T> =
  | KeysFor<S, T>
  | { readonly from: KeysFor<S, T> }
  | { readonly constant: Present<T> & LensValue }
  | { readonly from: KeysFor<S, T | undefined>; readonly default: Present<T> & LensValue }
  | {
      readonly from: undefined extends T ? ScalarKeys<S> : RequiredScalarKeys<S>;
      readonly cast: CastTo<Present<T>>;
    }
  | { readonly from: ScalarKeys<S>; readonly cast: CastTo<Present<T>>; readonly default: LensValue }
  | (Present<T> extends NdArray
      ? { readonly from: undefined extends T ? ArrayKeys<S> : RequiredArrayKeys<S> } & ArraySteps<Present<T>>
      : never);

/** How each field of a view `V` comes about from a source `S`; only optional ones may be left out, and stay absent. */
export type FieldLensSpecFor<S, V> = { readonly [K in keyof V]: FieldStepFor<S, V[K]> };

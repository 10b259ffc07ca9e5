import { expectTypeOf } from "vitest";
import type { NdArray } from "../ndarray/ndarray.ts";
import { dict, list, optional } from "./container-fields.ts";
import type { Field, FieldOptions, OptionalField } from "./field.ts";
import { ndarray } from "./ndarray-field.ts";
import { type Opaque, opaque } from "./opaque-field.ts";
import { sample } from "./sample.ts";
import type { Infer, SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

const Every = sample("Every", {
  s: str(),
  i: int(),
  w: int64(),
  f: float(),
  b: bool(),
  r: bytes(),
  a: ndarray(),
  u: ndarray("uint8", [28, null]),
  l: list(str()),
  ll: list(list(int64())),
  d: dict(),
  df: dict(float()),
  x: opaque("sparse", "@atdata/core/sparse"),
  os: optional(str()),
  oa: optional(ndarray("float32")),
  ol: optional(list(bool())),
});

expectTypeOf<Infer<typeof Every>>().toEqualTypeOf<{
  s: string;
  i: number;
  w: bigint;
  f: number;
  b: boolean;
  r: Uint8Array;
  a: NdArray;
  u: NdArray<"uint8">;
  l: string[];
  ll: bigint[][];
  d: Record<string, unknown>;
  df: Record<string, number>;
  x: Opaque;
  os?: string | undefined;
  oa?: NdArray<"float32"> | undefined;
  ol?: boolean[] | undefined;
}>();

// The plain type and the value may share a name, and an export may say its type.
interface Digit {
  image: NdArray<"uint8">;
  label: number;
  note?: string | undefined;
}
export const Digit: SampleType<Digit> = sample("Digit", {
  image: ndarray("uint8", [28, 28]),
  label: int(),
  note: optional(str()),
});
expectTypeOf<Infer<typeof Digit>>().toEqualTypeOf<Digit>();
expectTypeOf(Digit.decode).returns.toEqualTypeOf<Digit>();
expectTypeOf(Digit.encode).parameter(0).toEqualTypeOf<Digit>();
expectTypeOf(Digit).toExtend<SampleType>();

declare const value: unknown;
if (Digit.is(value)) expectTypeOf(value).toEqualTypeOf<Digit>();

// @ts-expect-error a field of the type is missing
export const Short: SampleType<Digit> = sample("Digit", { label: int() });
// @ts-expect-error a field is of another type
export const Wrong: SampleType<Digit> = sample("Digit", { image: ndarray("uint8"), label: str() });
// @ts-expect-error label is missing
Digit.encode({ image: { data: new Uint8Array(1), shape: [1], dtype: "uint8" } });
// @ts-expect-error no such dtype
ndarray("float128");
// @ts-expect-error data of another dtype
Digit.encode({ image: { data: new Float32Array(1), shape: [1], dtype: "uint8" }, label: 1 });

// Every builder takes a description and what manifests do with the field.
const options: FieldOptions = { description: "x", manifest: { kind: "set", exclude: false } };
expectTypeOf(str(options)).toEqualTypeOf<Field<string>>();
expectTypeOf(list(int(), options)).toEqualTypeOf<Field<number[]>>();
expectTypeOf(dict(int(), options)).toEqualTypeOf<Field<Record<string, number>>>();
expectTypeOf(optional(ndarray("bool", [], options))).toEqualTypeOf<OptionalField<NdArray<"bool">>>();
// @ts-expect-error no such manifest kind
str({ manifest: { kind: "text" } });

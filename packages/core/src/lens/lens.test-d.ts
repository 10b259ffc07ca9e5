import { expectTypeOf } from "vitest";
import type { NdArray } from "../ndarray/ndarray.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { fieldLens } from "./field-lens.ts";
import { identity, type Lens, lens } from "./lens.ts";
import { lensNetwork } from "./network.ts";
import { pipe } from "./pipe.ts";

interface Digit {
  image: NdArray<"uint8">;
  label: number;
  id: bigint;
  tags: string[];
  note?: string | undefined;
  mask?: NdArray<"bool"> | undefined;
}
interface Thumb {
  label: number;
  name: string;
}
interface Name {
  name: string;
}
declare const Digit: SampleType<Digit>;
declare const Thumb: SampleType<Thumb>;
declare const Name: SampleType<Name>;
declare const toThumb: Lens<Digit, Thumb>;
declare const toName: Lens<Thumb, Name>;

expectTypeOf(toThumb.compose(toName)).toEqualTypeOf<Lens<Digit, Name>>();
expectTypeOf(pipe(toThumb, toName, identity(Name))).toEqualTypeOf<Lens<Digit, Name>>();
expectTypeOf(identity(Digit)).toEqualTypeOf<Lens<Digit, Digit>>();
expectTypeOf(lens(Digit, Thumb, { get: (d) => ({ label: d.label, name: "" }) })).toEqualTypeOf<Lens<Digit, Thumb>>();
expectTypeOf(lensNetwork([toThumb, toName]).find(Digit, Name)).toEqualTypeOf<Lens<Digit, Name>>();

// @ts-expect-error the view of the first is not the source of the second
toThumb.compose(toThumb);
// @ts-expect-error a view with more fields is not the same type either
toThumb.compose(identity(Name));
// @ts-expect-error the wrong way round
pipe(toName, toThumb);
// @ts-expect-error get must give the view's fields
lens(Digit, Thumb, { get: (d) => ({ label: d.label }) });
// @ts-expect-error put must give the source's fields
lens(Digit, Name, { get: () => ({ name: "" }), put: (v) => v });

interface Wide {
  pixels: NdArray<"float32">;
  digit: number;
  name: string;
  note: string;
  id: string;
  split?: string | undefined;
}
declare const Wide: SampleType<Wide>;
const spec = {
  pixels: { from: "image", reshape: [784], astype: "float32" },
  digit: "label",
  name: { constant: "x" },
  note: { from: "note", default: "none" },
  id: { from: "id", cast: "str" },
} as const;
expectTypeOf(fieldLens(Digit, Wide, spec)).toEqualTypeOf<Lens<Digit, Wide>>();
fieldLens(Digit, Wide, { ...spec, split: "note" });
fieldLens(Digit, Wide, { ...spec, digit: { from: "id", cast: "int" } });
// @ts-expect-error no such source field
fieldLens(Digit, Wide, { ...spec, digit: "lable" });
// @ts-expect-error a list is no number
fieldLens(Digit, Wide, { ...spec, digit: "tags" });
// @ts-expect-error an optional field needs a default
fieldLens(Digit, Wide, { ...spec, note: "note" });
// @ts-expect-error the default is no text
fieldLens(Digit, Wide, { ...spec, note: { from: "note", default: 1 } });
// @ts-expect-error the constant is no text
fieldLens(Digit, Wide, { ...spec, name: { constant: 1 } });
// @ts-expect-error cast to another kind than the view's
fieldLens(Digit, Wide, { ...spec, id: { from: "id", cast: "int" } });
// @ts-expect-error arrays are not cast
fieldLens(Digit, Wide, { ...spec, id: { from: "image", cast: "str" } });
// @ts-expect-error converted to another dtype than the view's
fieldLens(Digit, Wide, { ...spec, pixels: { from: "image", astype: "float64" } });
// @ts-expect-error an optional array does not make a required one
fieldLens(Digit, Wide, { ...spec, pixels: { from: "mask", astype: "float32" } });
// @ts-expect-error a required view field is missing
fieldLens(Digit, Thumb, { label: "label" });

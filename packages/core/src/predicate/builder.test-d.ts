import { expectTypeOf } from "vitest";
import type { NdArray } from "../ndarray/ndarray.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";
import { buildPredicate, fieldHandles } from "./builder.ts";
import type { AnyHandle, FieldHandle, FieldHandles, StringHandle } from "./field-handles.ts";
import type { Predicate } from "./predicate.ts";

interface Sample {
  label: number;
  id: bigint;
  name: string;
  kind: "train" | "test";
  ok: boolean;
  raw: Uint8Array;
  tags: string[];
  scores: number[];
  image: NdArray<"uint8">;
  extra: Record<string, number>;
  nested: string[][];
  note?: string | undefined;
}
declare const f: FieldHandles<Sample>;
declare const type: SampleType<Sample>;

expectTypeOf(f.note).toEqualTypeOf<StringHandle>();
expectTypeOf(f.image).toEqualTypeOf<FieldHandle>();
expectTypeOf(f.extra).toEqualTypeOf<FieldHandle>();
expectTypeOf(f.nested).toEqualTypeOf<FieldHandle>();
expectTypeOf(f.label.gt(40).and(f.tags.contains("even")).or(f.ok.eq(true).not())).toExtend<Predicate>();
expectTypeOf(f.id.between(1, 2n ** 60n)).toExtend<Predicate>();
expectTypeOf(f.kind.in(["train", "test"])).toExtend<Predicate>();
expectTypeOf(f.raw.eq(new Uint8Array())).toExtend<Predicate>();
expectTypeOf(f.scores.containsAny([1, 2n])).toExtend<Predicate>();
expectTypeOf<FieldHandles<RawSample>>().toEqualTypeOf<(name: string) => AnyHandle>();
expectTypeOf<FieldHandles<unknown>>().toEqualTypeOf<(name: string) => AnyHandle>();
expectTypeOf(buildPredicate((g) => g.name.startsWith("a"), type)).toEqualTypeOf<Predicate>();
expectTypeOf(buildPredicate((g) => g("label").eq(7))).toEqualTypeOf<Predicate>();
expectTypeOf(fieldHandles(type)).toEqualTypeOf<FieldHandles<Sample>>();

// @ts-expect-error a text is no number
f.label.eq("7");
// @ts-expect-error a text is no list of texts
f.name.in("abc");
// @ts-expect-error a number is no text
f.name.startsWith(7);
// @ts-expect-error there is no such field
f.lable.eq(7);
// @ts-expect-error numbers do not start with anything
f.label.startsWith("7");
// @ts-expect-error booleans have no order
f.ok.lt(true);
// @ts-expect-error bytes have no order
f.raw.gt(new Uint8Array());
// @ts-expect-error lists do not compare
f.tags.eq(["even"]);
// @ts-expect-error the list holds texts
f.tags.contains(7);
// @ts-expect-error arrays have isNull alone
f.image.eq(7);
// @ts-expect-error no value of that field
f.kind.eq("val");
// @ts-expect-error null is asked for with isNull
f.note.eq(null);
// @ts-expect-error undefined is asked for with isNull
f.note.eq(undefined);
// @ts-expect-error the function must return a predicate
buildPredicate((g) => g.name, type);

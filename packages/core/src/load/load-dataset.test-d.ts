import { expectTypeOf } from "vitest";
import type { Dataset } from "../dataset/dataset.ts";
import type { Index } from "../index-facade/index-facade.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";
import type { DatasetDict } from "./dataset-dict.ts";
import { loadDataset } from "./load-dataset.ts";

interface Digit {
  label: number;
}
declare const Digit: SampleType<Digit>;
declare const index: Index;

expectTypeOf(await loadDataset("a", { index })).toEqualTypeOf<DatasetDict<RawSample>>();
expectTypeOf(await loadDataset("a", { index, type: Digit })).toEqualTypeOf<DatasetDict<Digit>>();
expectTypeOf(await loadDataset("a", { index, splits: "names" })).toEqualTypeOf<DatasetDict<RawSample>>();
expectTypeOf(await loadDataset<Digit>(["a", "b"], { index })).toEqualTypeOf<DatasetDict<Digit>>();
expectTypeOf(await loadDataset("a", { index, split: "test" })).toEqualTypeOf<Dataset<RawSample>>();
expectTypeOf(await loadDataset("a", { index, type: Digit, split: "test" })).toEqualTypeOf<Dataset<Digit>>();

const dict = await loadDataset("a", { index, type: Digit, splits: { train: "a", rest: ["b", "c"] } });
expectTypeOf(dict).toEqualTypeOf<DatasetDict<Digit, "train" | "rest">>();
expectTypeOf(dict.require("rest")).toEqualTypeOf<Dataset<Digit>>();
expectTypeOf(dict.train).toEqualTypeOf<Dataset<Digit>>();
for (const [split, dataset] of dict) {
  expectTypeOf(split).toEqualTypeOf<"train" | "rest">();
  expectTypeOf(dataset).toEqualTypeOf<Dataset<Digit>>();
}
expectTypeOf(
  await loadDataset("a", { index, type: Digit, splits: { train: "a", rest: "b" }, split: "rest" }),
).toEqualTypeOf<Dataset<Digit>>();

// A split that is only known at run time may or may not be there.
declare const split: string;
expectTypeOf(await loadDataset("a", { index, type: Digit, split })).toEqualTypeOf<Dataset<Digit>>();

// @ts-expect-error not one of the splits that are given by hand
dict.require("test");
// @ts-expect-error not one of the splits that are given by hand
loadDataset("a", { index, splits: { train: "a" }, split: "test" });
// @ts-expect-error an index is always given
loadDataset("a", { type: Digit });
// @ts-expect-error no such rule
loadDataset("a", { index, splits: "words" });

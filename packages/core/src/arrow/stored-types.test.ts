import { expect, it } from "vitest";
import { structuredCodec } from "../ndarray/structured-field.ts";
import { safetensorsCodec } from "../safetensors/index.ts";
import { schemaFromLocal } from "../schema/local-form.ts";
import { sparseCodec } from "../sparse/index.ts";
import { arrowTensorCodec, dataframeCodec } from "./index.ts";

it("types rebuilt from a stored schema decode the kinds whose codecs they are given", () => {
  const codecs = [structuredCodec, sparseCodec, safetensorsCodec, arrowTensorCodec, dataframeCodec];
  const stored = ["structured", "sparse", "safetensors", "arrow_tensor", "dataframe"];
  const fields = stored.map((kind) => ({ name: kind, fieldType: { $type: `local#${kind}` }, optional: false }));
  const type = schemaFromLocal({ name: "A", fields }, { codecs });
  expect(Object.values(type.fields).map(({ kind }) => kind)).toEqual(codecs.map(({ kind }) => kind));
});

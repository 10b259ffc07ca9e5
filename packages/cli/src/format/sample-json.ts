import { type Field, isNdArray, isStructured, type NdArray, type Opaque, type SampleType } from "@atdata/core";
import type { ArrowTensor, DataFrame } from "@atdata/core/arrow";
import type { SafeTensors } from "@atdata/core/safetensors";
import type { SparseMatrix } from "@atdata/core/sparse";
import { arrayJson, base64, integerJson, numberJson, structuredJson } from "./array-json.ts";
import type { JsonOptions } from "./json-options.ts";
import { arrowTensorJson, dataFrameJson, safeTensorsJson, sparseJson } from "./rich-json.ts";

/** Gives the JSON form of a sample: its declared fields in declared order, absent ones as null; without a type, what is there. */
export function sampleJson(
  sample: Readonly<Record<string, unknown>>,
  type: SampleType | undefined,
  options: JsonOptions,
): Record<string, unknown> {
  const names = type === undefined ? Object.keys(sample) : Object.keys(type.fields);
  return record(names.map((name) => [name, valueJson(sample[name], type?.fields[name], options)]));
}

/** Gives the JSON form of one value; the field says what it is where the value alone does not. */
function valueJson(value: unknown, field: Field | undefined, options: JsonOptions): unknown {
  if (value === null || value === undefined) return null;
  switch (field?.kind) {
    case "sparse":
      return { $sparse: sparseJson(value as SparseMatrix, options) };
    case "dataframe":
      return { $dataframe: dataFrameJson(value as DataFrame, options) };
    case "safetensors":
      return { $safetensors: safeTensorsJson(value as SafeTensors, options) };
    case "arrowTensor":
      return { $arrowTensor: arrowTensorJson(value as ArrowTensor, options) };
    case "opaque":
      return opaqueJson(value as Opaque, options);
  }
  if (typeof value === "number") return numberJson(value);
  if (typeof value === "bigint") return integerJson(value);
  if (typeof value !== "object") return value;
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  if (Array.isArray(value)) return value.map((item) => valueJson(item, field?.items, options));
  // Where the field is known, a dict that looks like an array is still a dict.
  if (field?.kind !== "dict") {
    if (isStructured(value)) return { $ndarray: structuredJson(value) };
    if (isNdArray(value)) return { $ndarray: arrayJson(value as NdArray) };
  }
  return record(Object.entries(value).map(([name, item]) => [name, valueJson(item, field?.values, options)]));
}

function opaqueJson({ kind, bytes }: Opaque, { full }: JsonOptions): unknown {
  return { $opaque: { kind, bytes: bytes.length, ...(full && { data: base64(bytes) }) } };
}

/** An object of these properties, whatever their names. */
function record(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

/**
 * The `arrowTensor` and `dataframe` field kinds, and datasets as Arrow record batches. Needs `apache-arrow` and `parquet-wasm`.
 *
 * @module
 */

import { type BytesCodec, bytesField } from "../schema/bytes-field.ts";
import type { Field, FieldOptions } from "../schema/field.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import { type DataFrame, isDataFrame } from "./data-frame.ts";
import { decodeDataFrame, encodeDataFrame } from "./parquet.ts";
import { type ArrowTensor, decodeArrowTensor, encodeArrowTensor, isArrowTensor } from "./tensor.ts";

export { arrowSchema, toArrow, type ToArrowInput, type ToArrowOptions } from "./dataset-batches.ts";
export { type ArrayColumn, type Cell, type Column, type DataFrame, isDataFrame } from "./data-frame.ts";
export { decodeDataFrame, encodeDataFrame, initArrow, rowCount } from "./parquet.ts";
export { type ArrowTensor, decodeArrowTensor, encodeArrowTensor, isArrowTensor } from "./tensor.ts";

/** Encodes and decodes the values of `arrowTensor` fields; goes into `codecs` where a type is rebuilt from a stored schema. */
export const arrowTensorCodec: BytesCodec<ArrowTensor> & FieldCodecPack = {
  kind: "arrowTensor",
  decode: decodeArrowTensor,
  encode: encodeArrowTensor,
  is: isArrowTensor,
  field: (details) => bytesField("arrowTensor", arrowTensorCodec, details),
};

/** Encodes and decodes the values of `dataframe` fields; goes into `codecs` where a type is rebuilt from a stored schema. */
export const dataframeCodec: BytesCodec<DataFrame> & FieldCodecPack = {
  kind: "dataframe",
  decode: decodeDataFrame,
  encode: encodeDataFrame,
  is: isDataFrame,
  field: (details) => bytesField("dataframe", dataframeCodec, details),
};

/**
 * Declares a field of arrays that are stored as Arrow IPC tensor messages.
 *
 * @example
 * ```ts
 * import { sample, zeros } from "@atdata/core";
 * import { arrowTensor } from "@atdata/core/arrow";
 * const Frame = sample("Frame", { pixels: arrowTensor() });
 * const bytes = Frame.encode({ pixels: { ...zeros([2, 3], "uint8"), dimensionNames: ["y", "x"] } });
 * Frame.decode(bytes).pixels.dimensionNames; // -> ["y", "x"]
 * ```
 */
export function arrowTensor(options: FieldOptions = {}): Field<ArrowTensor> {
  return bytesField("arrowTensor", arrowTensorCodec, options);
}

/**
 * Declares a field of data frames, stored as Parquet. In a browser `await initArrow()` once, before the first is read or written.
 *
 * @example
 * ```ts
 * import { fromNested, sample } from "@atdata/core";
 * import { dataframe } from "@atdata/core/arrow";
 * const Trial = sample("Trial", { events: dataframe() });
 * const events = { columns: { time: fromNested([0.5, 1.5], "float64"), name: ["start", null] } };
 * Trial.decode(Trial.encode({ events })).events.columns["name"]; // -> ["start", null]
 * ```
 */
export function dataframe(options: FieldOptions = {}): Field<DataFrame> {
  return bytesField("dataframe", dataframeCodec, options);
}

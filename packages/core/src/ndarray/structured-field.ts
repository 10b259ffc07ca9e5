import { type BytesCodec, bytesField } from "../schema/bytes-field.ts";
import type { Field, FieldOptions } from "../schema/field.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import { decodeStructured, encodeStructured, isStructured, type StructuredArray } from "./structured.ts";

/** Encodes and decodes the values of `structured` fields. */
export const structuredCodec: BytesCodec<StructuredArray> & FieldCodecPack = {
  kind: "structured",
  decode: decodeStructured,
  encode: encodeStructured,
  is: isStructured,
  field: (details) => bytesField("structured", structuredCodec, details),
};

/**
 * Declares a field of structured arrays: records with named fields, stored as a `.npy` file.
 *
 * @example
 * ```ts
 * import { fromNested, sample, structured, structuredFrom } from "@atdata/core";
 * const Tracks = sample("Tracks", { hits: structured() });
 * const hits = structuredFrom({ x: fromNested([1.5, 2], "float32"), id: fromNested([7, 8], "int32") });
 * Tracks.decode(Tracks.encode({ hits })).hits.columns["id"]?.shape; // -> [2]
 * ```
 */
export function structured(options: FieldOptions = {}): Field<StructuredArray> {
  return bytesField("structured", structuredCodec, options);
}

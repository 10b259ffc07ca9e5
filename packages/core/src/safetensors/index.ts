/**
 * The `safetensors` field kind: named arrays in one field.
 *
 * @module
 */

import { type BytesCodec, bytesField } from "../schema/bytes-field.ts";
import type { Field, FieldOptions } from "../schema/field.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import { decodeSafetensors, encodeSafetensors, isSafeTensors, type SafeTensors } from "./safetensors.ts";

export { decodeSafetensors, encodeSafetensors, isSafeTensors, type SafeTensors } from "./safetensors.ts";

/** Encodes and decodes the values of `safetensors` fields; goes into `codecs` where a type is rebuilt from a stored schema. */
export const safetensorsCodec: BytesCodec<SafeTensors> & FieldCodecPack = {
  kind: "safetensors",
  decode: decodeSafetensors,
  encode: encodeSafetensors,
  is: isSafeTensors,
  field: (details) => bytesField("safetensors", safetensorsCodec, details),
};

/**
 * Declares a field of named arrays, stored as a safetensors file.
 *
 * @example
 * ```ts
 * import { sample, zeros } from "@atdata/core";
 * import { safetensors } from "@atdata/core/safetensors";
 * const Checkpoint = sample("Checkpoint", { weights: safetensors() });
 * const bytes = Checkpoint.encode({ weights: { tensors: { bias: zeros([3], "float32") } } });
 * Checkpoint.decode(bytes).weights.tensors.bias?.shape; // -> [3]
 * ```
 */
export function safetensors(options: FieldOptions = {}): Field<SafeTensors> {
  return bytesField("safetensors", safetensorsCodec, options);
}

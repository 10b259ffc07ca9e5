import { storedKindOf } from "./encoded-kinds.ts";
import type { Field } from "./field.ts";

const base = "https://alt.science/schemas/atdata-";

/** The published definitions that properties of encoded kinds refer to. */
const refs: Readonly<Record<string, string>> = {
  structured: `${base}structured-bytes/1.0.0#/$defs/structured`,
  sparse: `${base}sparse-bytes/1.0.0#/$defs/sparse`,
  arrow_tensor: `${base}arrow-tensor/1.0.0#/$defs/tensor`,
  safetensors: `${base}safetensors/1.0.0#/$defs/safetensors`,
  dataframe: `${base}dataframe/1.0.0#/$defs/dataframe`,
};

/** What a `$ref` names, in the order in which Python looks; "safetensors" holds "tensor" too. */
const words: readonly (readonly [string, string])[] = [
  ["ndarray", "ndarray"],
  ["sparse", "sparse"],
  ["structured", "structured"],
  ["safetensors", "safetensors"],
  ["arrow", "arrow_tensor"],
  ["tensor", "arrow_tensor"],
  ["dataframe", "dataframe"],
];

/** Gives the `$ref` of a field of an encoded kind; version 1.1.0 of the array one is the one with siblings. */
export function shimRef(field: Field): string {
  const kind = storedKindOf(field);
  if (kind !== "ndarray") return refs[kind] as string;
  const annotated = field.dtype !== undefined || field.shape !== undefined || field.dimensionNames !== undefined;
  return `${base}ndarray-bytes/${annotated ? "1.1.0" : "1.0.0"}#/$defs/ndarray`;
}

/** Gives the stored kind that a `$ref` stands for: by a word in it, as Python does. */
export function shimKind(ref: string): string | undefined {
  const text = ref.toLowerCase();
  return words.find(([word]) => text.includes(word))?.[1];
}

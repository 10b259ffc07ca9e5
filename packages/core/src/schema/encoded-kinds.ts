import { structuredCodec } from "../ndarray/structured-field.ts";
import type { Field, FieldDetails, FieldKind } from "./field.ts";
import type { RebuildOptions } from "./field-codec-pack.ts";
import { opaque } from "./opaque-field.ts";

/** A kind of field whose values are bytes with an encoding of their own. */
interface EncodedKind {
  readonly kind: FieldKind;
  /** The name in stored schemas. */
  readonly stored: string;
  /** What to import for its codec. */
  readonly import: string;
}

const encodedKinds: readonly EncodedKind[] = [
  { kind: "structured", stored: "structured", import: "@atdata/core" },
  { kind: "sparse", stored: "sparse", import: "@atdata/core/sparse" },
  { kind: "arrowTensor", stored: "arrow_tensor", import: "@atdata/core/arrow" },
  { kind: "safetensors", stored: "safetensors", import: "@atdata/core/safetensors" },
  { kind: "dataframe", stored: "dataframe", import: "@atdata/core/arrow" },
];

/** Gives the name under which a field's kind is stored, such as `"arrow_tensor"`; an opaque field keeps the one it came with. */
export function storedKindOf(field: Field): string {
  return field.storedKind ?? encodedKinds.find(({ kind }) => kind === field.kind)?.stored ?? field.kind;
}

/** Builds the field of a stored kind with its codec, or else an opaque one; `undefined` when there is no such kind. */
export function encodedField(stored: string, details: FieldDetails, options: RebuildOptions): Field | undefined {
  const known = encodedKinds.find((entry) => entry.stored === stored);
  if (known === undefined) return undefined;
  const packs = [...(options.codecs ?? []), structuredCodec];
  const pack = packs.find(({ kind }) => kind === known.kind);
  return pack === undefined ? opaque(stored, known.import, details) : pack.field(details);
}

import { bytesField } from "./bytes-field.ts";
import type { Field, FieldDetails } from "./field.ts";

/** The bytes of a field whose codec is not loaded; re-encodes unchanged. */
export interface Opaque {
  /** The kind as it is stored, such as `"sparse"`. */
  readonly kind: string;
  /** The undecoded value. */
  readonly bytes: Uint8Array;
  /** What to import to have it decoded. */
  readonly import: string;
}

/** Builds the field that stands in for a kind whose codec is not loaded. */
export function opaque(kind: string, importName: string, details: FieldDetails = {}): Field<Opaque> {
  return bytesField<Opaque>(
    "opaque",
    {
      decode: (bytes) => ({ kind, bytes: bytes.slice(), import: importName }),
      encode: (value) => value.bytes,
      is: (value) =>
        typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof Uint8Array,
    },
    { ...details, storedKind: kind },
  );
}

import type { Field, FieldDetails, FieldKind } from "./field.ts";

/**
 * Builds the fields of one kind when a type is rebuilt from a stored schema; a subpath exports one for each kind it adds.
 *
 * @example
 * ```ts
 * import type { FieldCodecPack } from "@atdata/core";
 * import { bytes } from "@atdata/core";
 * const sparseAsBytes: FieldCodecPack = { kind: "sparse", field: (details) => bytes(details) };
 * ```
 */
export interface FieldCodecPack {
  /** The kind that it builds. */
  readonly kind: FieldKind;
  /** Builds a field with what the schema says of it. */
  field(details: FieldDetails): Field;
}

/** How stored types are rebuilt. */
export interface RebuildOptions {
  /** Codecs of the kinds that live in subpaths; a field of a kind whose codec is not given is opaque. */
  readonly codecs?: readonly FieldCodecPack[] | undefined;
}

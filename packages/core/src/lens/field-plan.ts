import { AtdataError, isAtdataError } from "../errors.ts";
import { astype } from "../ndarray/convert.ts";
import { isNdArray } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { reshape, transpose } from "../ndarray/reshape.ts";
import type { Field } from "../schema/field.ts";
import { describeValue } from "../schema/problems.ts";
import { cast, isCastKind } from "./cast.ts";
import type { FieldStep } from "./field-lens-spec.ts";

/** How one view field is made from its source field, and back. */
export interface FieldPlan {
  /** The view field. */
  readonly name: string;
  /** The source field; a constant has none. */
  readonly from: string | undefined;
  /** Whether the value is the source field's own. */
  readonly plain: boolean;
  /** Makes the view field's value. */
  readonly forward: (value: unknown) => unknown;
  /** Makes a source value out of the view's, with the old source value for what the view does not tell (shape, dtype, kind). */
  readonly back: (value: unknown, old: unknown) => unknown;
}

/**
 * Turns a step into functions. `source` is the source field; a constant has none.
 *
 * @throws AtdataError `SCHEMA_MISMATCH` or `SHAPE_MISMATCH` – from the functions, for values that cannot be converted.
 */
export function planField(name: string, step: FieldStep, source: Field | undefined, viewType: string): FieldPlan {
  const { from, constant } = step;
  if (from === undefined) return { name, from, plain: false, forward: () => constant, back: () => undefined };
  const nil = (value: unknown) => value === undefined || value === null;
  const orDefault = (value: unknown) => (nil(value) ? step.default : value);
  if (step.cast !== undefined) {
    const to = step.cast;
    const convert = (value: unknown, kind: typeof to) => {
      if (nil(value)) return undefined;
      const result = cast(value, kind);
      if (result === undefined) throw unfit(viewType, name, kind, value);
      return result;
    };
    const kind = isCastKind(source?.kind) ? source.kind : to;
    return {
      name,
      from,
      plain: false,
      forward: (value) => convert(orDefault(value), to),
      back: (value) => convert(value, kind),
    };
  }
  if (step.transpose !== undefined || step.reshape !== undefined || step.astype !== undefined) {
    const array = (value: unknown, work: (value: NdArray) => NdArray) => {
      if (nil(value)) return undefined;
      if (!isNdArray(value)) throw unfit(viewType, name, "ndarray", value);
      try {
        return work(value);
      } catch (cause) {
        if (isAtdataError(cause)) throw cause;
        throw unfit(viewType, name, describeStep(step), value, cause);
      }
    };
    return {
      name,
      from,
      plain: false,
      forward: (value) => array(value, (a) => showArray(a, step)),
      back: (value, old) => array(value, (a) => restoreArray(a, step, isNdArray(old) ? old : (source ?? {}))),
    };
  }
  return { name, from, plain: step.default === undefined, forward: orDefault, back: (value) => value };
}

function showArray(array: NdArray, step: FieldStep): NdArray {
  let shown = array;
  if (step.transpose !== undefined) shown = transpose(shown, step.transpose);
  if (step.reshape !== undefined) shown = reshape(shown, step.reshape);
  return step.astype === undefined ? shown : astype(shown, step.astype);
}

/** What a source value had, or where it was null, what its field declares. */
type Layout = Pick<Field, "dtype" | "shape">;

function restoreArray(array: NdArray, step: FieldStep, old: Layout): NdArray {
  const axes = step.transpose;
  let restored = array;
  if (step.astype !== undefined) {
    if (old.dtype === undefined) throw new TypeError("the source's dtype is not known");
    restored = astype(restored, old.dtype);
  }
  if (step.reshape !== undefined) {
    const { shape } = old;
    if (shape === undefined || !shape.every((length) => length !== null)) {
      throw new TypeError("the source's shape is not known");
    }
    restored = reshape(restored, axes?.map((axis) => shape[axis] ?? 0) ?? shape);
  }
  if (axes === undefined) return restored;
  return transpose(
    restored,
    axes.map((_, axis) => axes.indexOf(axis)),
  );
}

function describeStep(step: FieldStep): string {
  const { transpose: axes, reshape: shape, astype: dtype } = step;
  return JSON.stringify({ transpose: axes, reshape: shape, astype: dtype });
}

function unfit(type: string, field: string, want: string, value: unknown, cause?: unknown): AtdataError {
  const fields = { type, missing: [], extra: [], mistyped: [{ field, want, got: describeValue(value) }] };
  return new AtdataError("SCHEMA_MISMATCH", "value cannot be converted", fields, { cause });
}

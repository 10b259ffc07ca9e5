import type { Field, Fields } from "../schema/field.ts";
import type { SampleType } from "../schema/sample-type.ts";

/** The parts of a sample type that say what it is. */
export type TypeIdentity = Pick<SampleType, "name" | "version" | "fields">;

/**
 * Gives a text that two types share exactly when they have the same name, version and fields.
 *
 * The whole content, not a digest of it: types that differ never collide. Order and descriptions of fields do not count.
 */
export function typeKey(type: TypeIdentity): string {
  return JSON.stringify([type.name, type.version ?? null, fieldsKey(type.fields)]);
}

/** Gives a text that two sets of fields share exactly when their names and structure are the same. */
export function fieldsKey(fields: Fields): string {
  const names = Object.keys(fields).sort();
  return JSON.stringify(names.map((name) => [name, structure(fields[name] as Field)]));
}

/** Names a type as messages do: `Digit@1.0.0`, or `Digit` when it has no version. */
export function typeLabel(type: Pick<SampleType, "name" | "version">): string {
  return type.version === undefined ? type.name : `${type.name}@${type.version}`;
}

function structure(field: Field): unknown[] {
  const { kind, optional, dtype, shape, items, values, storedKind } = field;
  const inner = items ?? values;
  return [kind, optional, dtype ?? null, shape ?? null, inner ? structure(inner) : null, storedKind ?? null];
}

/**
 * Tells whether every value of one field may stand in another unchanged.
 *
 * The same kind; a dtype, axis or value kind that `to` leaves open takes any; an optional field fits only an optional one.
 */
export function fieldFits(from: Field, to: Field): boolean {
  if (from.kind !== to.kind || from.storedKind !== to.storedKind || (from.optional && !to.optional)) return false;
  if (to.dtype !== undefined && from.dtype !== to.dtype) return false;
  if (to.shape !== undefined && !shapeFits(from.shape, to.shape)) return false;
  if (to.items !== undefined && !(from.items !== undefined && fieldFits(from.items, to.items))) return false;
  return to.values === undefined || (from.values !== undefined && fieldFits(from.values, to.values));
}

type AxisLengths = readonly (number | null)[];

function shapeFits(from: AxisLengths | undefined, to: AxisLengths): boolean {
  return from?.length === to.length && to.every((length, axis) => length === null || length === from[axis]);
}

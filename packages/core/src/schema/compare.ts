import { storedKindOf } from "./encoded-kinds.ts";
import type { Field, Fields } from "./field.ts";
import { describeField } from "./problems.ts";
import type { SampleType } from "./sample-type.ts";

/**
 * What a change of type means for those who read the samples: `patch` nothing, `minor` old data still reads, `major` it
 * does not.
 */
export type Compatibility = "same" | "patch" | "minor" | "major";

/** A field of either type, or of both with different declarations. */
export interface FieldChange {
  /** Its name. */
  readonly field: string;
  /** Its declaration in the first type, in words; absent for one that was added. */
  readonly from?: string;
  /** Its declaration in the second type, in words; absent for one that was removed. */
  readonly to?: string;
}

/** How a type differs from an earlier one. */
export interface SchemaDiff {
  /** Fields that only the second has. */
  readonly added: readonly FieldChange[];
  /** Fields that only the first has. */
  readonly removed: readonly FieldChange[];
  /** Fields that both have, of another kind, dtype, shape, items or optionality. */
  readonly changed: readonly FieldChange[];
  /** The version step that the second needs after the first. */
  readonly compatibility: Compatibility;
}

const steps: readonly Compatibility[] = ["same", "patch", "minor", "major"];

/**
 * Tells whether two types are the same: name, and the fields' names, kinds, dtypes, shapes, items and optionality.
 *
 * Order, version, descriptions and manifest options do not count.
 */
export function schemasEqual(a: SampleType, b: SampleType): boolean {
  const names = Object.keys(a.fields);
  if (a.name !== b.name || names.length !== Object.keys(b.fields).length) return false;
  return names.every((name) => {
    const other = fieldOf(b.fields, name);
    return other !== undefined && sameField(a.fields[name] as Field, other);
  });
}

/**
 * Compares the fields of two types, the second being the later one. Their names and versions do not count.
 *
 * An added optional field, required → optional, int → float and a dimension that becomes variable are `minor`;
 * descriptions, axis names and manifest options `patch`; everything else is `major`.
 */
export function diffSchemas(a: SampleType, b: SampleType): SchemaDiff {
  const added: FieldChange[] = [];
  const removed: FieldChange[] = [];
  const changed: FieldChange[] = [];
  let worst = a.description === b.description ? 0 : 1;
  const note = (step: Compatibility): void => {
    worst = Math.max(worst, steps.indexOf(step));
  };
  for (const [field, from] of Object.entries(a.fields)) {
    const to = fieldOf(b.fields, field);
    if (to === undefined) {
      removed.push({ field, from: describeField(from) });
      note("major");
      continue;
    }
    const step = compareFields(from, to);
    note(step);
    if (step === "minor" || step === "major") {
      changed.push({ field, from: describeField(from), to: describeField(to) });
    }
  }
  for (const [field, to] of Object.entries(b.fields)) {
    if (fieldOf(a.fields, field) !== undefined) continue;
    added.push({ field, to: describeField(to) });
    note(to.optional ? "minor" : "major");
  }
  return { added, removed, changed, compatibility: steps[worst] as Compatibility };
}

/** Tells whether two fields hold the same values, whether or not they may be absent. */
export function sameKind(a: Field, b: Field): boolean {
  return storedKindOf(a) === storedKindOf(b) && a.dtype === b.dtype && sameShape(a, b) && sameInside(a, b);
}

function sameField(a: Field, b: Field): boolean {
  return a.optional === b.optional && sameKind(a, b);
}

/** Compares the declarations of a field, the second being the later one. */
export function compareFields(from: Field, to: Field): Compatibility {
  if (sameField(from, to)) return sameNotes(from, to) ? "same" : "patch";
  if (from.optional && !to.optional) return "major";
  if (sameKind(from, to) || (from.kind === "int" && to.kind === "float")) return "minor";
  const wider =
    storedKindOf(from) === storedKindOf(to) && from.dtype === to.dtype && sameInside(from, to) && wideShape(from, to);
  return wider ? "minor" : "major";
}

function sameNotes(a: Field, b: Field): boolean {
  const notes = (f: Field): string => JSON.stringify([f.description, f.manifest, f.dimensionNames, f.noted === true]);
  return notes(a) === notes(b);
}

function sameShape(a: Field, b: Field): boolean {
  if (a.shape === undefined || b.shape === undefined) return a.shape === b.shape;
  return a.shape.length === b.shape.length && a.shape.every((length, axis) => length === b.shape?.[axis]);
}

/** Tells whether each axis has kept its length or become one of any length. */
function wideShape(from: Field, to: Field): boolean {
  const { shape } = to;
  if (from.shape === undefined || shape === undefined || from.shape.length !== shape.length) return false;
  return from.shape.every((length, axis) => shape[axis] === null || shape[axis] === length);
}

function sameInside(a: Field, b: Field): boolean {
  return sameOptional(a.items, b.items) && sameOptional(a.values, b.values);
}

function sameOptional(a: Field | undefined, b: Field | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameField(a, b);
}

function fieldOf(fields: Fields, name: string): Field | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

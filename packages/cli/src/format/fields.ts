import { describeField, type Field, type FieldKind, type InferredField, type SampleType } from "@atdata/core";
import type { Colors } from "../terminal.ts";
import { formatShape } from "./shape.ts";
import { formatTable } from "./table.ts";
import { plainText } from "./text.ts";

/** What is told of a field, declared or inferred. */
export interface FieldFacts {
  readonly name: string;
  readonly kind: FieldKind | "nil" | "mixed";
  readonly dtype?: string;
  readonly shape?: readonly (number | null)[];
  readonly optional: boolean;
}

/** Tells of each field of a type. A dtype or shape that is only noted, and may not be so, is left out. */
export function declaredFields(type: SampleType): FieldFacts[] {
  return Object.entries(type.fields).map(([name, { kind, dtype, shape, noted, optional }]) => ({
    name,
    kind,
    ...(dtype !== undefined && noted !== true && { dtype }),
    ...(shape !== undefined && noted !== true && { shape }),
    optional,
  }));
}

/** Tells of each field that was inferred. */
export function inferredFields(fields: readonly InferredField[]): FieldFacts[] {
  return fields.map(({ name, kind, dtype, shape, optional }) => ({
    name,
    kind,
    ...(dtype !== undefined && { dtype }),
    ...(shape !== undefined && { shape }),
    optional,
  }));
}

/** Lines fields up: name, kind with what it holds, dtype, shape, and what else is known. */
export function fieldLines(facts: readonly FieldFacts[], type: SampleType | undefined, colors: Colors): string[] {
  const rows = facts.map(({ name, kind, dtype, shape, optional }) => {
    const field = type?.fields[name];
    const notes = [optional ? "optional" : "", field?.description === undefined ? "" : plainText(field.description)];
    return [
      colors.cyan(plainText(name)),
      field === undefined ? kind : kindText(field),
      dtype ?? "",
      shape === undefined ? "" : formatShape(shape),
      colors.dim(notes.filter((note) => note !== "").join("; ")),
    ];
  });
  const heads = ["field", "kind", "dtype", "shape", ""].map((head) => (head === "" ? "" : colors.dim(head)));
  return formatTable([heads, ...rows]);
}

/** The kind with what it holds: `list of str`. */
function kindText(field: Field): string {
  if (field.items !== undefined) return `${field.kind} of ${describeField(field.items)}`;
  if (field.values !== undefined) return `${field.kind} of ${describeField(field.values)}`;
  return field.kind;
}

import { AtdataError } from "../errors.ts";
import { compareFields } from "../schema/compare.ts";
import type { Field } from "../schema/field.ts";
import { describeField } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";

/**
 * Refuses a type that what was written as another one cannot be read as.
 *
 * Names of types do not count. What Python noted of an array is a guess, and refuses nothing.
 *
 * @throws AtdataError `SCHEMA_MISMATCH` – the fields that are missing, not declared, or of another kind.
 */
export function checkReadable(stored: SampleType, type: SampleType, extra: "error" | "ignore" = "error"): void {
  const fieldOf = ({ fields }: SampleType, name: string): Field | undefined =>
    Object.hasOwn(fields, name) ? fields[name] : undefined;
  const names = Object.keys(type.fields);
  const missing = names.filter((name) => !type.fields[name]?.optional && fieldOf(stored, name) === undefined);
  const undeclared = Object.keys(stored.fields).filter((name) => fieldOf(type, name) === undefined);
  const mistyped = names.flatMap((name) => {
    const [from, to] = [fieldOf(stored, name), type.fields[name] as Field];
    if (from === undefined || fits(from, to)) return [];
    return [{ field: name, want: describeField(to), got: describeField(from) }];
  });
  const refused = extra === "ignore" ? [] : undeclared;
  if (missing.length + mistyped.length + refused.length === 0) return;
  const hint = refused.length > 0 ? 'extra: "ignore" leaves fields out; a lens translates' : "a lens translates";
  const fields = { type: type.name, missing, extra: refused, mistyped };
  throw new AtdataError("SCHEMA_MISMATCH", "the dataset was written as another type", fields, { hint });
}

function fits(from: Field, to: Field): boolean {
  if (from.noted === true && from.kind === to.kind) return to.optional || !from.optional;
  return compareFields(from, to) !== "major";
}

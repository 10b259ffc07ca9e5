import { ByteWriter } from "../codec/byte-writer.ts";
import { isAtdataError, withFields } from "../errors.ts";
import type { ExtraOptions } from "./extra-options.ts";
import type { Field } from "./field.ts";
import { describeField, describeValue, MistypedValue, Problems } from "./problems.ts";
import type { StandardIssue } from "./standard-schema.ts";

type Entries = readonly (readonly [string, Field])[];

/** Gives what every object has under a name, such as `constructor`; nothing for nearly all names. */
export function inheritedAs(name: string): unknown {
  return (Object.prototype as Record<string, unknown>)[name];
}

/** Finds the words for a sample that could not be written: all that is wrong with it, together. */
export function writeError(
  type: string,
  entries: Entries,
  value: unknown,
  options: ExtraOptions | undefined,
  cause: unknown,
): unknown {
  const problems = new Problems();
  if (typeof value !== "object" || value === null) {
    problems.mistyped.push({ field: type, want: "a sample", got: describeValue(value) });
    return problems.error(type);
  }
  const record = value as Record<string, unknown>;
  const declared = new Set(entries.map(([name]) => name));
  if (options?.extra !== "ignore") {
    for (const key in record) if (!declared.has(key) && record[key] !== undefined) problems.extra.push(key);
  }
  for (const [name, field] of entries) {
    const item = record[name];
    if (item === inheritedAs(name) || item === undefined || item === null) {
      if (!field.optional) problems.missing.push(name);
      continue;
    }
    try {
      field.codec.write(new ByteWriter(), item);
    } catch (error) {
      if (isAtdataError(error)) return withFields(error, { field: name });
      if (error instanceof MistypedValue) {
        problems.mistyped.push({ field: name + error.path, want: error.want, got: describeValue(error.value) });
      } else problems.mistyped.push({ field: name, want: describeField(field), got: describeValue(item) });
    }
  }
  return problems.any ? problems.error(type, cause instanceof MistypedValue ? undefined : cause) : cause;
}

/** Lists what is wrong with a value in Standard Schema's form. */
export function findIssues(type: string, entries: Entries, value: unknown): readonly StandardIssue[] {
  const error = writeError(type, entries, value, undefined, undefined);
  if (!isAtdataError(error, "SCHEMA_MISMATCH")) return error instanceof Error ? [{ message: error.message }] : [];
  const { missing, extra, mistyped } = error.fields;
  return [
    ...missing.map((name) => ({ message: `field ${name} is missing`, path: [name] })),
    ...extra.map((name) => ({ message: `field ${name} is not declared`, path: [name] })),
    ...mistyped.map(({ field, want, got }) => ({ message: `want ${want}, got ${got}`, path: [field] })),
  ];
}

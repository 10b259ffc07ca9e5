import { ByteWriter } from "../codec/byte-writer.ts";
import { type AtdataError, isAtdataError, withFields } from "../errors.ts";
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
  if (typeof value !== "object" || value === null) {
    const problems = new Problems();
    problems.addMistyped([type], "a sample", describeValue(value));
    return problems.error(type);
  }
  const problems = findProblems(entries, value as Record<string, unknown>, options);
  if (!(problems instanceof Problems)) return problems;
  if (!problems.any && cause instanceof Error) return cause;
  return problems.error(type, cause instanceof MistypedValue ? undefined : cause);
}

/** Lists what is wrong with a value in Standard Schema's form. */
export function findIssues(entries: Entries, value: unknown): readonly StandardIssue[] {
  if (typeof value !== "object" || value === null) return [{ message: `want a sample, got ${describeValue(value)}` }];
  const problems = findProblems(entries, value as Record<string, unknown>, undefined);
  if (!(problems instanceof Problems)) return [{ message: problems.message }];
  const { missing, extra, mistyped, places } = problems;
  return [
    ...missing.map((name) => ({ message: `field ${name} is missing`, path: [name] })),
    ...extra.map((name) => ({ message: `field ${name} is not declared`, path: [name] })),
    ...mistyped.map(({ want, got }, i) => ({ message: `want ${want}, got ${got}`, path: places[i] ?? [] })),
  ];
}

/** Collects what is wrong; an error of a codec stands for all. */
function findProblems(
  entries: Entries,
  record: Record<string, unknown>,
  options: ExtraOptions | undefined,
): Problems | AtdataError {
  const problems = new Problems();
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
      const inside = error instanceof MistypedValue;
      const found = inside ? error.value : item;
      const path = inside ? error.path : [];
      problems.addMistyped([name, ...path], inside ? error.want : describeField(field), describeValue(found));
    }
  }
  return problems;
}

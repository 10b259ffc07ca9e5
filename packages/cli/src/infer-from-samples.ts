import { inferType, type RawSample, type SampleType, sample, str } from "@atdata/core";
import type { StoredSample } from "./stored-samples.ts";

/** A type that was inferred from samples. */
export interface InferredType {
  readonly type: SampleType<RawSample>;
  /** Number of samples looked at. */
  readonly samples: number;
  /** Extensions by field name, of the files whose extension is no name that a field may have. */
  readonly members: Readonly<Record<string, string>>;
}

/**
 * Finds the type that stored samples fit.
 *
 * A file whose extension cannot be a field's name, such as `seg.png`, becomes the field `seg_png`; `members` says so, in the form that
 * `openDataset` takes.
 */
export function inferFromSamples(samples: readonly StoredSample[], name?: string): InferredType {
  const names = new Map<string, string>();
  const renamed = samples.map((each) => (each instanceof Uint8Array ? each : renameFiles(each, names)));
  const type = inferType(renamed, { name });
  const changed = [...names].filter(([extension, field]) => field !== extension);
  return {
    type,
    samples: samples.length,
    members: Object.fromEntries(changed.map(([extension, field]) => [field, extension])),
  };
}

/** Finds the files that fields stand for whose names {@link inferFromSamples} made: extensions by field name. */
export function membersFor(type: SampleType, extensions: readonly string[]): Record<string, string> {
  const members: Record<string, string> = {};
  for (const extension of extensions) {
    const field = fieldName(extension, extensions);
    if (field !== extension && Object.hasOwn(type.fields, field)) members[field] = extension;
  }
  return members;
}

function renameFiles(files: RawSample, names: Map<string, string>): RawSample {
  const fields: RawSample = {};
  for (const [extension, value] of Object.entries(files)) {
    const field = names.get(extension) ?? fieldName(extension, [...names.values(), ...Object.keys(files)]);
    names.set(extension, field);
    fields[field] = value;
  }
  return fields;
}

/** Makes a name that a field may have of one that it may not, by underscores; other names stay. */
export function fieldName(extension: string, taken: readonly string[]): string {
  if (isFieldName(extension)) return extension;
  let name = extension.replace(/[^A-Za-z0-9_]/g, "_");
  while (!isFieldName(name) || taken.includes(name)) name = /^\d/.test(name) ? `_${name}` : `${name}_`;
  return name;
}

function isFieldName(name: string): boolean {
  try {
    sample("Probe", { [name]: str() });
    return true;
  } catch {
    return false;
  }
}

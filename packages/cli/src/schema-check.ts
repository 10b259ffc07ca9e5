import {
  type Compatibility,
  compareVersions,
  describeField,
  diffSchemas,
  type Field,
  nextVersion,
  type SampleType,
} from "@atdata/core";

/** What a change of one field, or of the type's description, means. */
export interface Reason {
  /** Absent for the type itself. */
  readonly field?: string;
  readonly step: Exclude<Compatibility, "same">;
  /** The change in words, and what follows from it. */
  readonly what: string;
}

/** Whether a type may follow another. */
export interface SchemaCheck {
  readonly compatibility: Compatibility;
  readonly reasons: readonly Reason[];
  /** The versions of both, and the lowest that the second needs; null where there is none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly next: string | null;
  /** Whether the second may follow as it is: see {@link checkSchemas}. */
  readonly ok: boolean;
}

/**
 * Tells whether one type may follow another.
 *
 * Where both have a version, the second's must be at least as far on as the change asks; otherwise old data must still read.
 */
export function checkSchemas(a: SampleType, b: SampleType): SchemaCheck {
  const { compatibility } = diffSchemas(a, b);
  const next = a.version === undefined ? null : versionAfter(a.version, compatibility);
  const versioned = next !== null && b.version !== undefined;
  return {
    compatibility,
    reasons: reasonsOf(a, b),
    ...{ from: a.version ?? null, to: b.version ?? null, next },
    ok: versioned ? compareVersions(b.version, next) >= 0 : compatibility !== "major",
  };
}

function versionAfter(version: string, step: Compatibility): string {
  return step === "same" ? version : nextVersion(version, step);
}

function reasonsOf(a: SampleType, b: SampleType): Reason[] {
  const reasons: Reason[] = [];
  for (const [field, from] of Object.entries(a.fields)) {
    const to = Object.hasOwn(b.fields, field) ? b.fields[field] : undefined;
    if (to === undefined) {
      reasons.push({ field, step: "major", what: "removed: what reads it finds nothing" });
      continue;
    }
    const step = stepOf(a, field, from, to);
    if (step !== "same") reasons.push({ field, step, what: changeText(from, to, step) });
  }
  for (const [field, to] of Object.entries(b.fields)) {
    if (Object.hasOwn(a.fields, field)) continue;
    const added = `added, ${describeField(to)}: old samples`;
    if (to.optional) reasons.push({ field, step: "minor", what: `${added} read as without it` });
    else reasons.push({ field, step: "major", what: `${added} lack it` });
  }
  if (a.description !== b.description) reasons.push({ step: "patch", what: "another description" });
  return reasons;
}

/** Compares two declarations of one field, as types of that field alone. */
function stepOf(type: SampleType, field: string, from: Field, to: Field): Compatibility {
  return diffSchemas({ ...type, fields: { [field]: from } }, { ...type, fields: { [field]: to } }).compatibility;
}

function changeText(from: Field, to: Field, step: Reason["step"]): string {
  if (step === "patch") return "another description, axis names or note";
  const change = `${describeField(from)} → ${describeField(to)}`;
  if (step === "minor") return `${change}: old values still read`;
  const absent = from.optional && !to.optional;
  return absent ? `${change}: it may be absent in old samples` : `${change}: old values are of another kind`;
}

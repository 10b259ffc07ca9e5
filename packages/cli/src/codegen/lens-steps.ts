import { type Field, type FieldStep, fieldLens, isAtdataError, type SampleType, sample } from "@atdata/core";

/** What becomes of one field of the later type. */
export interface PlannedField {
  readonly name: string;
  readonly field: Field;
  /** How it comes about from the earlier type; absent where somebody must say. */
  readonly step?: FieldStep;
  /** What a default has to be, as the earlier field of that name may be absent and this one may not. */
  readonly default?: Field;
}

/** Finds for each field of a type how it comes about from the field of that name in an earlier one. */
export function planLens(from: SampleType, to: SampleType): PlannedField[] {
  return Object.entries(to.fields).map(([name, field]) => {
    const earlier = Object.hasOwn(from.fields, name) ? from.fields[name] : undefined;
    if (earlier === undefined) return { name, field };
    const needsDefault = earlier.optional && !field.optional;
    const given = needsDefault ? { ...earlier, optional: false } : earlier;
    const step = candidates(name, given, field).find((each) => works(name, given, field, each));
    return { name, field, ...(step && { step }), ...(needsDefault && { default: given }) };
  });
}

/** The steps that may lead from one field to another, the plainest first. */
function candidates(from: string, earlier: Field, later: Field): FieldStep[] {
  const { kind, dtype, shape } = later;
  const steps: FieldStep[] = [{ from }];
  if (kind === "str" || kind === "int" || kind === "int64" || kind === "float" || kind === "bool") {
    steps.push({ from, cast: kind });
  }
  const reshape = shape?.every((length) => length !== null) ? (shape as number[]) : undefined;
  if (kind !== "ndarray" || earlier.kind !== "ndarray") return steps;
  if (dtype !== undefined) steps.push({ from, astype: dtype });
  if (reshape !== undefined) steps.push({ from, reshape });
  if (dtype !== undefined && reshape !== undefined) steps.push({ from, reshape, astype: dtype });
  return steps;
}

function works(name: string, earlier: Field, later: Field, step: FieldStep): boolean {
  try {
    fieldLens<unknown, unknown>(sample("From", { [name]: earlier }), sample("To", { [name]: later }), {
      [name]: step,
    } as object);
    return true;
  } catch (error) {
    if (isAtdataError(error)) return false;
    throw error;
  }
}

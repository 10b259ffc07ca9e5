import { AtdataError } from "../errors.ts";
import { isDType } from "../ndarray/dtype.ts";
import { nearestNames } from "../predicate/nearest-names.ts";
import type { Field } from "../schema/field.ts";
import { describeField, describeValue } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { isCastKind } from "./cast.ts";
import type { FieldLensSpec, FieldStep } from "./field-lens-spec.ts";
import { fieldFits } from "./type-key.ts";

/**
 * Checks that a declaration makes every field of the view, out of fields that the source has.
 *
 * @throws AtdataError `SCHEMA_MISMATCH` – view fields that are missing, extra or would be of another type, all at once.
 * @throws AtdataError `SCHEMA_INVALID` – a step that makes no sense, or a source field that there is not.
 */
export function checkSpec(source: SampleType, view: SampleType, spec: FieldLensSpec): void {
  const names = Object.keys(view.fields);
  const missing = names.filter((name) => !Object.hasOwn(spec, name) && !view.fields[name]?.optional);
  const extra = Object.keys(spec).filter((name) => !Object.hasOwn(view.fields, name));
  const mistyped: { field: string; want: string; got: string }[] = [];
  for (const [name, step] of Object.entries(spec)) {
    const field = Object.hasOwn(view.fields, name) ? view.fields[name] : undefined;
    if (field === undefined) continue;
    if ("constant" in step && Object.keys(step).length > 1) throw invalid(name, "a constant takes no other key");
    const got = "constant" in step ? constantProblem(step, field) : fieldProblem(name, step, source, field);
    if (got !== undefined) mistyped.push({ field: name, want: describeField(field), got });
  }
  if (missing.length + extra.length + mistyped.length === 0) return;
  const hint = mistyped.length > 0 ? "a cast, default, transpose, reshape or astype" : "one entry for each view field";
  const fields = { type: view.name, missing, extra, mistyped };
  throw new AtdataError("SCHEMA_MISMATCH", `${source.name} cannot be seen as ${view.name} so`, fields, { hint });
}

function constantProblem(step: FieldStep, field: Field): string | undefined {
  return field.codec.is(step.constant) ? undefined : `constant ${describeValue(step.constant)}`;
}

function fieldProblem(name: string, step: FieldStep, source: SampleType, field: Field): string | undefined {
  const from = step.from ?? "";
  const origin = Object.hasOwn(source.fields, from) ? source.fields[from] : undefined;
  if (origin === undefined) {
    const near = nearestNames(from, Object.keys(source.fields));
    const hint = near.length > 0 ? near.join(" or ") : `one of ${Object.keys(source.fields).join(", ")}`;
    throw new AtdataError("SCHEMA_INVALID", `${source.name} has no such field, for ${name}`, { field: from }, { hint });
  }
  if (step.default !== undefined && !origin.codec.is(step.default)) {
    return `default ${describeValue(step.default)} for ${describeField(origin)}`;
  }
  const shown = shownField(name, step, step.default === undefined ? origin : { ...origin, optional: false });
  return fieldFits(shown, field) ? undefined : describeField(shown);
}

/** Works out the field that a step makes. */
function shownField(name: string, step: FieldStep, origin: Field): Field {
  const arrays = step.transpose !== undefined || step.reshape !== undefined || step.astype !== undefined;
  if (step.cast !== undefined) {
    if (arrays) throw invalid(name, "cast is for single values; arrays take astype");
    if (!isCastKind(step.cast)) throw invalid(name, "cast to an unknown kind");
    if (!isCastKind(origin.kind)) throw invalid(name, `${origin.kind} cannot be cast`);
    const { optional, codec } = origin;
    return { kind: step.cast, optional, codec };
  }
  if (!arrays) return origin;
  if (origin.kind !== "ndarray") throw invalid(name, `${origin.kind} is no ndarray: no transpose, reshape or astype`);
  const { kind, optional, codec } = origin;
  const dtype = step.astype ?? origin.dtype;
  if (dtype !== undefined && !isDType(dtype)) throw invalid(name, "astype to an unknown dtype");
  const shape = shownShape(name, step, origin.shape);
  return { kind, optional, codec, ...(dtype && { dtype }), ...(shape && { shape }) };
}

type AxisLengths = readonly (number | null)[];

function shownShape(name: string, step: FieldStep, origin: AxisLengths | undefined): AxisLengths | undefined {
  let shape = origin;
  const axes = step.transpose;
  if (axes !== undefined) {
    const sorted = [...axes].sort((a, b) => a - b);
    const fits = sorted.every((axis, i) => axis === i) && (shape === undefined || shape.length === axes.length);
    if (!fits) throw invalid(name, `transpose [${axes.join(", ")}] does not name each axis once`);
    shape = axes.map((axis) => shape?.[axis] ?? null);
  }
  if (step.reshape === undefined) return shape;
  const wanted = step.reshape;
  const known = wanted.filter((length) => length !== -1);
  if (wanted.length - known.length > 1 || known.some((length) => !Number.isSafeInteger(length) || length < 0)) {
    throw invalid(name, `reshape to [${wanted.join(", ")}]: whole numbers, and at most one -1`);
  }
  const product = (lengths: readonly number[]) => lengths.reduce((count, length) => count * length, 1);
  const total = shape?.includes(null) === false ? product(shape as readonly number[]) : undefined;
  const rest = total === undefined || wanted.length === known.length ? undefined : total / product(known);
  const result = wanted.map((length) => (length === -1 ? (rest ?? null) : length));
  const fits =
    total === undefined || (result.every((n) => Number.isInteger(n)) && product(result as number[]) === total);
  if (!fits) throw invalid(name, `reshape to [${wanted.join(", ")}] does not hold ${total} elements`);
  return result;
}

function invalid(field: string, clause: string): AtdataError<"SCHEMA_INVALID"> {
  return new AtdataError("SCHEMA_INVALID", clause, { field });
}

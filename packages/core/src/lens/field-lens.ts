import { AtdataError } from "../errors.ts";
import { describeValue } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { checkSpec } from "./check-spec.ts";
import { deepEqual } from "./deep-equal.ts";
import type { FieldLensSpec, FieldLensSpecFor, FieldStep } from "./field-lens-spec.ts";
import { type FieldPlan, planField } from "./field-plan.ts";
import { type Lens, makeLens } from "./lens.ts";

type Row = Record<string, unknown>;

/**
 * Makes a lens by declaring how each view field comes about: copied or renamed, cast, with a default, a constant, or an
 * array transposed, reshaped and converted. Such a lens can be stored, and `where` goes through its plain copies.
 *
 * `put` is derived. A source field whose view did not change is kept as it is, also where the view shows less of it
 * (a float as an int); a changed one is converted back, and fields that no view field comes from stay. So GetPut and
 * PutGet always hold. PutPut holds unless a `default` or a cast or `astype` that loses digits is involved: there the old
 * value is not kept a second time. A view that no source could show (another constant, two copies of one field that
 * differ, text that is no number) is refused, and so is another number of elements in a reshaped array.
 *
 * Copies: plain copies and reshaped or transposed arrays share memory with the sample.
 *
 * @throws {@link AtdataError} `SCHEMA_MISMATCH` – the entries do not make the view's fields; from `get` and `put`, a value that cannot
 * be converted.
 * @throws {@link AtdataError} `SCHEMA_INVALID` – a step that makes no sense, or a source field that there is not.
 * @example
 * ```ts
 * import { fieldLens, int, ndarray, sample, str } from "@atdata/core";
 * const Digit = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int() });
 * const Flat = sample("Flat", { pixels: ndarray("float32", [784]), name: str(), split: str() });
 * const flat = fieldLens(Digit, Flat, {
 *   pixels: { from: "image", reshape: [784], astype: "float32" },
 *   name: { from: "label", cast: "str" },
 *   split: { constant: "train" },
 * });
 * flat.twoWay; // -> true
 * ```
 */
export function fieldLens<S, V>(
  source: SampleType<S>,
  view: SampleType<V>,
  spec: FieldLensSpecFor<NoInfer<S>, NoInfer<V>>,
  options: { readonly name?: string | undefined } = {},
): Lens<S, V> {
  return lensFromSpec(source, view, normalSpec(spec as Record<string, string | FieldStep | undefined>), options.name);
}

/** Builds a declarative lens whose declaration the compiler has not seen. */
export function lensFromSpec<S, V>(
  source: SampleType<S>,
  view: SampleType<V>,
  spec: FieldLensSpec,
  name: string | undefined,
): Lens<S, V> {
  checkSpec(source, view, spec);
  const plans = Object.entries(spec).map(([field, step]) =>
    planField(field, step, step.from === undefined ? undefined : source.fields[step.from], view.name),
  );
  const copies = plans.flatMap(({ name: field, from, plain }): [string, string][] =>
    plain && from !== undefined ? [[field, from]] : [],
  );
  return makeLens<S, V>({
    source,
    view,
    name,
    spec,
    copies: new Map(copies),
    get: (sample) => show(plans, sample as Row) as V,
    put: putter(plans, view.name) as (changed: V, sample: S) => S,
  });
}

function show(plans: readonly FieldPlan[], sample: Row): Row {
  const shown: Row = {};
  for (const { name, from, forward } of plans) {
    const value = forward(from === undefined ? undefined : sample[from]);
    if (value !== undefined) shown[name] = value;
  }
  return shown;
}

function putter(plans: readonly FieldPlan[], viewName: string): (changed: Row, sample: Row) => Row {
  const shared = (plan: FieldPlan) => plans.some((other) => other !== plan && other.from === plan.from);
  const uncertain = plans.filter((plan) => !plan.plain || shared(plan));
  return (changed, sample) => {
    const next = { ...sample };
    for (const { name, from, plain, forward, back } of plans) {
      if (from === undefined) continue;
      const old = sample[from];
      const value = changed[name];
      if (plain ? value !== old : !deepEqual(forward(old), value)) next[from] = back(value, old);
    }
    for (const { name, from, forward } of uncertain) {
      const got = forward(from === undefined ? undefined : next[from]);
      if (!deepEqual(got, changed[name])) throw cannotShow(viewName, name, got, changed[name]);
    }
    return next;
  };
}

function cannotShow(type: string, field: string, got: unknown, want: unknown): AtdataError<"SCHEMA_MISMATCH"> {
  const fields = { type, missing: [], extra: [], mistyped: [{ field, want: plainText(want), got: plainText(got) }] };
  return new AtdataError("SCHEMA_MISMATCH", "no source sample has this view", fields);
}

function plainText(value: unknown): string {
  const simple = typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
  return simple ? String(value) : describeValue(value);
}

function normalSpec(spec: Readonly<Record<string, string | FieldStep | undefined>>): FieldLensSpec {
  const normal: Record<string, FieldStep> = {};
  for (const [name, step] of Object.entries(spec)) {
    if (name === "__proto__") throw new AtdataError("SCHEMA_INVALID", "a lens cannot make this field", { field: name });
    if (step !== undefined) normal[name] = Object.freeze(typeof step === "string" ? { from: step } : { ...step });
  }
  return Object.freeze(normal);
}

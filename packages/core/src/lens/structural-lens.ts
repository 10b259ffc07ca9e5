import { AtdataError } from "../errors.ts";
import { describeField } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { lensFromSpec } from "./field-lens.ts";
import type { Lens } from "./lens.ts";
import { fieldFits } from "./type-key.ts";

/**
 * Makes the lens that shows the fields of a view type that the source has under the same names.
 *
 * `put` replaces those and keeps the source's other fields. Nothing is converted: kinds, dtypes and shapes must fit,
 * where a dtype or an axis that the view leaves open takes any.
 *
 * @throws {@link AtdataError} `SCHEMA_MISMATCH` – view fields that the source lacks or has in another type, all at once.
 * @example
 * ```ts
 * import { int, sample, str, structuralLens } from "@atdata/core";
 * const Digit = sample("Digit", { label: int(), name: str() });
 * const Label = sample("Label", { label: int() });
 * structuralLens(Digit, Label).put({ label: 8 }, { label: 7, name: "a" }); // -> { label: 8, name: "a" }
 * ```
 */
export function structuralLens<S, V>(source: SampleType<S>, view: SampleType<V>): Lens<S, V> {
  const missing: string[] = [];
  const mistyped: { field: string; want: string; got: string }[] = [];
  for (const [name, field] of Object.entries(view.fields)) {
    const have = Object.hasOwn(source.fields, name) ? source.fields[name] : undefined;
    if (have === undefined) missing.push(name);
    else if (!fieldFits(have, field))
      mistyped.push({ field: name, want: describeField(field), got: describeField(have) });
  }
  if (missing.length + mistyped.length > 0) {
    const fields = { type: view.name, missing, extra: [], mistyped };
    throw new AtdataError("SCHEMA_MISMATCH", `${source.name} does not have the fields of ${view.name}`, fields, {
      hint: "a fieldLens that renames, casts or fills in",
    });
  }
  const spec = Object.fromEntries(Object.keys(view.fields).map((name) => [name, { from: name }]));
  return lensFromSpec(source, view, spec, undefined);
}

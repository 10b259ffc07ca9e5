import { AtdataError } from "../errors.ts";
import type { DType } from "../ndarray/ndarray.ts";
import type { PredicateValue } from "../predicate/predicate.ts";
import { valueFromJson, valueToJson } from "../predicate/value-json.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { isCastKind } from "./cast.ts";
import { lensFromSpec } from "./field-lens.ts";
import type { FieldLensSpec, FieldStep, LensValue } from "./field-lens-spec.ts";
import type { AnyLens, Lens } from "./lens.ts";
import { typeLabel } from "./type-key.ts";

/** A sample type as a lens names it. */
export interface LensTypeJson {
  /** The type's name. */
  readonly name: string;
  /** Its version, when it has one. */
  readonly version?: string;
}

/** The JSON form of a declarative lens, as `docs/formats.md` specifies it. */
export interface LensJson {
  /** `atdata.lens/1`. */
  readonly format: string;
  /** What the lens is called, when it has a name. */
  readonly name?: string;
  /** The type it looks at. */
  readonly source: LensTypeJson;
  /** The type it shows. */
  readonly view: LensTypeJson;
  /** How each view field comes about, its values in JSON form. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The types of a lens that is read. */
export interface LensTypes<S, V> {
  /** The type it looks at. */
  readonly source: SampleType<S>;
  /** The type it shows. */
  readonly view: SampleType<V>;
}

const FORMAT = "atdata.lens/1";
const MAX_FIELDS = 10_000;
const MAX_ITEMS = 100_000;
const MAX_DEPTH = 16;

/**
 * Writes a declarative lens as JSON.
 *
 * @throws {@link AtdataError} `LENS_ONE_WAY` – the lens is made of functions, or composed, and so cannot be stored.
 */
export function lensToJson(lens: AnyLens): LensJson {
  const { spec, name, source, view } = lens;
  if (spec === undefined) {
    const label = name ?? `${source.name} → ${view.name}`;
    throw new AtdataError(
      "LENS_ONE_WAY",
      "lens is not declarative and cannot be stored",
      { lens: label },
      {
        hint: "fieldLens; of a composition, store the parts",
      },
    );
  }
  const fields = Object.entries(spec).map(([field, { constant, default: fallback, ...step }]) => [
    field,
    {
      ...step,
      ...(constant !== undefined && { constant: toJson(constant) }),
      ...(fallback !== undefined && { default: toJson(fallback) }),
    },
  ]);
  return {
    format: FORMAT,
    ...(name !== undefined && { name }),
    source: typeJson(source),
    view: typeJson(view),
    fields: Object.fromEntries(fields),
  };
}

/**
 * Reads a declarative lens from its JSON form, for the types that it names.
 *
 * @throws {@link AtdataError} `FORMAT_TOO_NEW` – a later major version.
 * @throws {@link AtdataError} `FORMAT_INVALID` – anything else that is not such a document; the message names the place.
 * @throws {@link AtdataError} `SCHEMA_MISMATCH`, `SCHEMA_INVALID` – the types given are not those named, or do not fit.
 */
export function lensFromJson<S, V>(json: unknown, types: LensTypes<S, V>): Lens<S, V> {
  const document = record(json, "");
  const { format, name } = document;
  const version = typeof format === "string" ? /^atdata\.lens\/(\d+)(?:\.\d+)*$/.exec(format)?.[1] : undefined;
  if (version === undefined) throw invalid("not a lens document", "format");
  if (version !== "1") {
    const fields = { format: "atdata.lens", found: String(format), supported: FORMAT };
    throw new AtdataError("FORMAT_TOO_NEW", "lens format is not supported", fields, { hint: "update @atdata/core" });
  }
  if (name !== undefined && typeof name !== "string") throw invalid("not a text", "name");
  checkType(document.source, types.source, "source");
  checkType(document.view, types.view, "view");
  const entries = Object.entries(record(document.fields, "fields"));
  if (entries.length > MAX_FIELDS) throw invalid(`more than ${MAX_FIELDS} fields`, "fields");
  const spec: FieldLensSpec = Object.fromEntries(
    entries.map(([field, step]) => {
      if (field === "__proto__") throw invalid("not a field name", `fields.${field}`);
      return [field, stepFromJson(record(step, `fields.${field}`), `fields.${field}`)];
    }),
  );
  return lensFromSpec(types.source, types.view, spec, name);
}

function typeJson({ name, version }: SampleType): LensTypeJson {
  return version === undefined ? { name } : { name, version };
}

function checkType(json: unknown, type: SampleType, at: "source" | "view"): void {
  const { name, version } = record(json, at);
  if (typeof name !== "string") throw invalid("not a text", `${at}.name`);
  if (version !== undefined && typeof version !== "string") throw invalid("not a text", `${at}.version`);
  // A lens stored before its type had a version, or the reverse, still fits by name; its fields are checked anyway.
  if (name === type.name && (version === undefined || type.version === undefined || version === type.version)) return;
  const fields = { type: typeLabel(type), missing: [], extra: [], mistyped: [] };
  const wanted = typeLabel({ name, version });
  throw new AtdataError("SCHEMA_MISMATCH", `lens has ${wanted} as its ${at}`, fields, { hint: `the type ${wanted}` });
}

const stepKeys: readonly string[] = ["from", "constant", "default", "cast", "transpose", "reshape", "astype"];

function stepFromJson(step: Record<string, unknown>, at: string): FieldStep {
  const unknownKey = Object.keys(step).find((key) => !stepKeys.includes(key));
  if (unknownKey !== undefined) throw invalid("unknown key", `${at}.${unknownKey}`);
  const { from, cast, astype } = step;
  if ("constant" in step) {
    if (Object.keys(step).length > 1) throw invalid("a constant takes no other key", at);
    return { constant: lensValue(step.constant, `${at}.constant`) };
  }
  if (typeof from !== "string") throw invalid("not a text", `${at}.from`);
  if (cast !== undefined && !isCastKind(cast)) throw invalid("unknown kind", `${at}.cast`);
  if (astype !== undefined && typeof astype !== "string") throw invalid("not a text", `${at}.astype`);
  const transpose = integers(step.transpose, `${at}.transpose`);
  const reshape = integers(step.reshape, `${at}.reshape`);
  return {
    from,
    ...("default" in step && { default: lensValue(step.default, `${at}.default`) }),
    ...(cast !== undefined && { cast }),
    ...(transpose && { transpose }),
    ...(reshape && { reshape }),
    ...(astype !== undefined && { astype: astype as DType }),
  };
}

function integers(json: unknown, at: string): readonly number[] | undefined {
  if (json === undefined) return undefined;
  if (!Array.isArray(json) || json.length > 64 || !json.every(Number.isSafeInteger)) {
    throw invalid("not a list of at most 64 whole numbers", at);
  }
  return json as readonly number[];
}

function toJson(value: LensValue): unknown {
  // Also a small bigint must come back as one: a constant of an int64 field is no number.
  if (typeof value === "bigint") return { $int: String(value) };
  return isList(value) ? value.map(toJson) : valueToJson(value);
}

function isList(value: LensValue): value is readonly LensValue[] {
  return Array.isArray(value);
}

function lensValue(json: unknown, at: string): LensValue {
  let items = 0;
  const read = (item: unknown, depth: number): LensValue => {
    if (++items > MAX_ITEMS || depth > MAX_DEPTH) throw invalid("too many items, or nested too deep", at);
    if (Array.isArray(item)) return item.map((inner) => read(inner, depth + 1));
    const value: PredicateValue | undefined = valueFromJson(item);
    if (value === undefined) throw invalid("not a value", at);
    return value;
  };
  return read(json, 0);
}

function record(json: unknown, at: string): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid("not an object", at);
  return json as Record<string, unknown>;
}

function invalid(clause: string, at: string): AtdataError<"FORMAT_INVALID"> {
  const place = at === "" ? "" : ` at ${at.slice(0, 200)}`;
  return new AtdataError("FORMAT_INVALID", `malformed lens: ${clause}${place}`, { format: "atdata.lens" });
}

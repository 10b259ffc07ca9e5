import { AtdataError } from "../errors.ts";
import { isName } from "../schema/names.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { lensFromSpec } from "./field-lens.ts";
import type { FieldLensSpec } from "./field-lens-spec.ts";
import { type Lens, lens, makeLens } from "./lens.ts";
import { type LensTypes, lensFromJson } from "./lens-json.ts";

/** What a stored lens is loaded with. */
export interface LoadLensOptions<S, V> extends LensTypes<S, V> {
  /** Functions that code references may stand for, by `module:qualname`; nothing is ever imported. */
  readonly getters?: Readonly<Record<string, (sample: NoInfer<S>) => NoInfer<V>>> | undefined;
  /** The same for the way back. */
  readonly putters?: Readonly<Record<string, (view: NoInfer<V>, sample: NoInfer<S>) => NoInfer<S>>> | undefined;
}

const MAX_MAPPINGS = 10_000;

/**
 * Reads a lens from the form of local indexes, whether Python or {@link lensToStored} wrote it.
 *
 * The way back follows from a mapping of fields. A putter that is opaque, or code that is not given, makes the lens one-way.
 * A mapping that Python wrote may stand for a function that did more than copy: Python looks at names only.
 *
 * @throws {@link AtdataError} `FORMAT_INVALID` – not such a document; the message names the place.
 * @throws {@link AtdataError} `UNSUPPORTED` – the getter is opaque, code that is not given, or a mapping with a transform.
 * @throws {@link AtdataError} `SCHEMA_MISMATCH`, `SCHEMA_INVALID` – the types given are not those named, or do not fit.
 */
export function lensFromStored<S, V>(json: unknown, options: LoadLensOptions<S, V>): Lens<S, V> {
  const stored = record(json, "");
  const name = text(stored.name, "name");
  const { source, view, getters, putters } = options;
  checkType(stored.source_schema, source, "source_schema");
  checkType(stored.view_schema, view, "view_schema");
  if (stored.atdata_lens !== undefined) return lensFromJson(stored.atdata_lens, options);
  const getter = record(stored.getter, "getter");
  const putter = record(stored.putter, "putter");
  const putCode = putter.kind === "code_reference" ? codeKey(putter, "putter") : undefined;
  const put = putCode === undefined ? undefined : own(putters, putCode);
  const oneWayHint = putCode === undefined ? undefined : `give the function for ${putCode} in putters`;
  switch (getter.kind) {
    case "field_mapping": {
      const mapped = lensFromSpec(source, view, mappingSpec(getter), name);
      if (putter.kind === "field_mapping") return mapped;
      const { get, copies } = mapped;
      return makeLens({ source, view, name, get, put, copies, oneWayHint });
    }
    case "code_reference": {
      const key = codeKey(getter, "getter");
      const get = own(getters, key);
      if (get === undefined) throw unsupported(name, `its getter is the code ${key}`, `give the function in getters`);
      return put === undefined
        ? makeLens({ ...lens(source, view, { get, name }), put: undefined, oneWayHint })
        : lens(source, view, { get, put, name });
    }
    case "opaque":
      throw unsupported(name, "its getter was stored as opaque", "write the lens in code");
    default:
      throw invalid("unknown kind", "getter.kind");
  }
}

function mappingSpec(getter: Record<string, unknown>): FieldLensSpec {
  const { mappings } = getter;
  if (!Array.isArray(mappings)) throw invalid("not a list", "getter.mappings");
  if (mappings.length > MAX_MAPPINGS) throw invalid(`more than ${MAX_MAPPINGS} fields`, "getter.mappings");
  return Object.fromEntries(
    mappings.map((item, i) => {
      const at = `getter.mappings[${i}]`;
      const mapping = record(item, at);
      const to = text(mapping.view_field, `${at}.view_field`);
      if (to === "__proto__") throw invalid("not a field name", `${at}.view_field`);
      // Python ignores a transform; to copy where one was meant would give wrong data.
      if (mapping.transform !== null && mapping.transform !== undefined) {
        throw unsupported(to, "its mapping has a transform", "write the lens in code");
      }
      return [to, { from: text(mapping.source_field, `${at}.source_field`) }];
    }),
  );
}

function codeKey(code: Record<string, unknown>, at: string): string {
  return `${text(code.module, `${at}.module`)}:${text(code.qualname, `${at}.qualname`)}`;
}

function own<T>(functions: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return functions !== undefined && Object.hasOwn(functions, key) ? functions[key] : undefined;
}

/** Compares the type's name, where a bare one was stored; it may also be a reference, which only an index can resolve. */
function checkType(json: unknown, type: SampleType, at: string): void {
  const wanted = text(json, at);
  if (!isName(wanted) || wanted === type.name) return;
  const fields = { type: type.name, missing: [], extra: [], mistyped: [] };
  throw new AtdataError("SCHEMA_MISMATCH", `lens has ${wanted} as its ${at}`, fields, { hint: `the type ${wanted}` });
}

function record(json: unknown, at: string): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid("not an object", at);
  return json as Record<string, unknown>;
}

function text(json: unknown, at: string): string {
  if (typeof json !== "string") throw invalid("not a text", at);
  return json;
}

function unsupported(name: string, clause: string, hint: string): AtdataError<"UNSUPPORTED"> {
  return new AtdataError(
    "UNSUPPORTED",
    `${name} cannot be loaded: ${clause}`,
    { operation: "lensFromStored" },
    { hint },
  );
}

function invalid(clause: string, at: string): AtdataError<"FORMAT_INVALID"> {
  const place = at === "" ? "" : ` at ${at.slice(0, 200)}`;
  return new AtdataError("FORMAT_INVALID", `malformed stored lens: ${clause}${place}`, { format: "stored lens" });
}

import { AtdataError } from "../errors.ts";
import type { Fields } from "../schema/field.ts";
import { describeField } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { FieldLensSpec } from "./field-lens-spec.ts";
import { fieldsKey } from "./type-key.ts";

/** A lens whose types are not known to the compiler: what lists and networks of lenses hold. */
export interface AnyLens {
  /** What it is called, when it has a name. */
  readonly name: string | undefined;
  /** The type it looks at. */
  readonly source: SampleType;
  /** The type it shows. */
  readonly view: SampleType;
  /** Whether `put` works. */
  readonly twoWay: boolean;
  /** View fields that are plain copies, with the source field each is a copy of: what predicates can be pushed through. */
  readonly copies: ReadonlyMap<string, string>;
  /** How it was declared, when it is declarative and so can be stored. */
  readonly spec: FieldLensSpec | undefined;
  /** Shows a sample. */
  readonly get: (sample: never) => unknown;
  /** Writes a view back. */
  readonly put: (view: never, sample: never) => unknown;
}

/**
 * A way to see samples of type `S` as samples of type `V`, and where it goes both ways, to write changes of the view back.
 *
 * Well-behaved lenses obey GetPut, `put(get(s), s) = s`, and PutGet, `get(put(v, s)) = v`; `checkLens` tries them.
 */
export interface Lens<S, V> extends AnyLens {
  /** The type it looks at. */
  readonly source: SampleType<S>;
  /** The type it shows. */
  readonly view: SampleType<V>;
  /** Shows a sample; what is no field of the view type is left out. */
  readonly get: (sample: S) => V;
  /**
   * Gives a sample like `sample`, whose view is `view`; neither is changed.
   *
   * @throws {@link AtdataError} `LENS_ONE_WAY` – the lens has no way back.
   */
  readonly put: (view: V, sample: S) => S;
  /**
   * Puts another lens behind this one, which must look at exactly what this one shows.
   *
   * @throws {@link AtdataError} `SCHEMA_MISMATCH` – the fields in the middle differ (names of types do not count).
   */
  compose<W>(next: Lens<V, W>): Lens<S, W>;
}

/** The functions of a lens. */
export interface LensFunctions<S, V> {
  /** Shows a sample. */
  readonly get: (sample: S) => V;
  /** Gives a sample like the old one, whose view is `view`; a lens without it is one-way. */
  readonly put?: ((view: V, sample: S) => S) | undefined;
  /** What it is called, in messages and where it is stored. */
  readonly name?: string | undefined;
}

/**
 * Makes a lens out of functions.
 *
 * Extra properties of what they return are left out, so that a view holds its type's fields and nothing else.
 *
 * @example
 * ```ts
 * import { int, lens, sample, str } from "@atdata/core";
 * const Digit = sample("Digit", { label: int() });
 * const Named = sample("Named", { name: str() });
 * const toNamed = lens(Digit, Named, { get: (d) => ({ name: `#${d.label}` }) });
 * toNamed.get({ label: 7 }); // -> { name: "#7" }
 * ```
 */
export function lens<S, V>(
  source: SampleType<S>,
  view: SampleType<V>,
  functions: LensFunctions<NoInfer<S>, NoInfer<V>>,
): Lens<S, V> {
  const { get, put, name } = functions;
  return makeLens({
    source,
    view,
    name,
    get: (sample) => strip(get(sample), view.fields),
    put: put && ((changed, sample) => strip(put(changed, sample), source.fields)),
  });
}

/** Makes the lens that shows samples of a type as they are. */
export function identity<S>(type: SampleType<S>): Lens<S, S> {
  const copies = new Map(Object.keys(type.fields).map((name) => [name, name]));
  const spec = Object.fromEntries(Array.from(copies.keys(), (name) => [name, { from: name }]));
  return makeLens({ source: type, view: type, name: undefined, copies, spec, get: (s) => s, put: (v) => v });
}

/** What {@link makeLens} builds from. */
export interface LensParts<S, V> extends LensFunctions<S, V> {
  readonly source: SampleType<S>;
  readonly view: SampleType<V>;
  readonly copies?: ReadonlyMap<string, string>;
  readonly spec?: FieldLensSpec | undefined;
  /** What to do about a lens without `put`. */
  readonly oneWayHint?: string | undefined;
}

/** Builds a lens; what every kind of lens ends in. */
export function makeLens<S, V>(parts: LensParts<S, V>): Lens<S, V> {
  const { source, view, name, get, put } = parts;
  const label = name ?? `${source.name} → ${view.name}`;
  const self: Lens<S, V> = {
    name,
    source,
    view,
    twoWay: put !== undefined,
    copies: parts.copies ?? new Map(),
    spec: parts.spec,
    get,
    put:
      put ??
      (() => {
        const hint = parts.oneWayHint ?? "give the lens a put";
        throw new AtdataError("LENS_ONE_WAY", "lens cannot write back", { lens: label }, { hint });
      }),
    compose: (next) => compose(self, next),
  };
  return Object.freeze(self);
}

function compose<S, V, W>(a: Lens<S, V>, b: Lens<V, W>): Lens<S, W> {
  checkMiddle(a, b);
  const copies = new Map<string, string>();
  for (const [name, middle] of b.copies) {
    const from = a.copies.get(middle);
    if (from !== undefined) copies.set(name, from);
  }
  const oneWay = a.twoWay ? b : a;
  return makeLens({
    source: a.source,
    view: b.view,
    name: a.name !== undefined && b.name !== undefined ? `${a.name} | ${b.name}` : undefined,
    copies,
    get: (sample) => b.get(a.get(sample)),
    put: a.twoWay && b.twoWay ? (view, sample) => a.put(b.put(view, a.get(sample)), sample) : undefined,
    oneWayHint: `give its part ${oneWay.name ?? `${oneWay.source.name} → ${oneWay.view.name}`} a put`,
  });
}

function checkMiddle(a: AnyLens, b: AnyLens): void {
  if (a.view === b.source || fieldsKey(a.view.fields) === fieldsKey(b.source.fields)) return;
  const shown = a.view.fields;
  const wanted = b.source.fields;
  const missing = Object.keys(wanted).filter((name) => !Object.hasOwn(shown, name));
  const extra = Object.keys(shown).filter((name) => !Object.hasOwn(wanted, name));
  const mistyped = Object.entries(wanted).flatMap(([name, field]) => {
    const have = Object.hasOwn(shown, name) ? shown[name] : undefined;
    if (have === undefined || fieldsKey({ have }) === fieldsKey({ have: field })) return [];
    return [{ field: name, want: describeField(field), got: describeField(have) }];
  });
  const fields = { type: b.source.name, missing, extra, mistyped };
  throw new AtdataError("SCHEMA_MISMATCH", `${a.view.name} is not what the next lens looks at`, fields, {
    hint: `put a lens from ${a.view.name} to ${b.source.name} between them`,
  });
}

function strip<T>(value: T, fields: Fields): T {
  const record = value as Record<string, unknown>;
  let extra = false;
  for (const key in record) if (!Object.hasOwn(fields, key)) extra = true;
  if (!extra) return value;
  return Object.fromEntries(Object.entries(record).filter(([key]) => Object.hasOwn(fields, key))) as T;
}

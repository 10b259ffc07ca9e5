import { AtdataError, isAtdataError } from "../errors.ts";
import type { AnyLens, Lens } from "../lens/lens.ts";
import { type LoadLensOptions, lensFromStored } from "../lens/load-stored-lens.ts";
import { lensNetwork } from "../lens/network.ts";
import type { StoredLensRecord } from "../protocols/index-provider.ts";
import { schemasEqual } from "../schema/compare.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { findSchema } from "./find-schema.ts";
import type { Index } from "./index-facade.ts";
import type { FindLensOptions, NamedLensOptions } from "./index-options.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import { route } from "./route.ts";
import { type IndexedLens, lensVersions } from "./store-lens.ts";
import { isVersionOf } from "./versions.ts";

/** Gives the function that finds a lens by name, or by the types on both sides. */
export function lensLoader(parts: IndexParts): Index["loadLens"] {
  function loadLens<S, V>(from: SampleType<S>, to: SampleType<V>, options?: FindLensOptions): Promise<Lens<S, V>>;
  function loadLens<S, V>(ref: string, options?: NamedLensOptions<S, V>): Promise<Lens<S, V>>;
  function loadLens<S, V>(
    from: SampleType<S> | string,
    to: SampleType<V> | NamedLensOptions<S, V> = {},
    options: FindLensOptions = {},
  ): Promise<Lens<S, V>> {
    if (typeof from === "string") return namedLens(parts, from, to as NamedLensOptions<S, V>);
    return lensBetween(parts, from, to as SampleType<V>, options);
  }
  return loadLens;
}

/** Rebuilds a stored lens that a reference names. */
async function namedLens<S, V>(parts: IndexParts, ref: string, options: NamedLensOptions<S, V>): Promise<Lens<S, V>> {
  const { signal } = options;
  const { repo, name, version, uri } = await route(parts, ref, { type: "lens", home: options.repo, signal });
  const stored =
    uri === undefined
      ? (await lensVersions(parts, repo, name, { signal })).find((each) => isVersionOf(each.version, version))
      : await requireRepo(parts, repo, ref).provider.lensByRef?.(uri, { signal });
  if (stored === undefined) throw new AtdataError("LENS_UNKNOWN", "no such lens is stored", { lens: ref });
  const types = await typesOf(parts, repo, stored, options as NamedLensOptions<never, never>);
  return lensFromStored(stored.json, { ...codeOf(options), ...types }) as AnyLens as Lens<S, V>;
}

/** Finds the way from one type to another over stored lenses. */
async function lensBetween<S, V>(
  parts: IndexParts,
  from: SampleType<S>,
  to: SampleType<V>,
  options: FindLensOptions,
): Promise<Lens<S, V>> {
  const { repo = "local" } = options;
  const usable: AnyLens[] = [];
  const unusable: string[] = [];
  const seen = new Set<string>();
  for (const stored of await lensVersions(parts, repo, undefined, { signal: options.signal })) {
    // Highest versions come first, of all names together.
    if (seen.has(stored.name)) continue;
    seen.add(stored.name);
    try {
      usable.push(await between(parts, repo, stored, [from, to], options));
    } catch (error) {
      if (!isAtdataError(error)) throw error;
      unusable.push(stored.name);
    }
  }
  try {
    return lensNetwork(usable).find(from, to);
  } catch (error) {
    if (!isAtdataError(error, "LENS_NOT_FOUND") || unusable.length === 0) throw error;
    const hint = `lenses that need code or types which are not given: ${unusable.join(", ")}`;
    throw new AtdataError("LENS_NOT_FOUND", error.clause, error.fields, { hint, cause: error });
  }
}

/** Rebuilds a lens so that types equal to the given ones are these very ones, whatever their versions. */
async function between(
  parts: IndexParts,
  repo: string,
  stored: StoredLensRecord,
  ends: readonly SampleType[],
  options: FindLensOptions,
): Promise<AnyLens> {
  const { source, view } = await typesOf(parts, repo, stored, options);
  const same = (type: SampleType): SampleType => ends.find((end) => schemasEqual(end, type)) ?? type;
  return lensFromStored(stored.json, { ...codeOf(options), source: same(source), view: same(view) });
}

/** Rebuilds the types of a lens: by what the index has noted, else the latest of the name that Python notes. */
async function typesOf(
  parts: IndexParts,
  repo: string,
  { name, json }: StoredLensRecord,
  { source, view, signal }: NamedLensOptions<never, never>,
): Promise<{ readonly source: SampleType; readonly view: SampleType }> {
  const lens = (typeof json === "object" && json !== null ? json : {}) as Partial<IndexedLens>;
  const find = async (ref: unknown): Promise<SampleType> => {
    const type = typeof ref === "string" ? await findSchema(parts, ref, { repo, signal }) : undefined;
    if (type !== undefined) return type;
    const clause = `a type of the lens ${name} is not in its repository`;
    throw new AtdataError("SCHEMA_NOT_FOUND", clause, { schema: String(ref) }, { hint: "give its source and view" });
  };
  return {
    source: (source as SampleType | undefined) ?? (await find(lens.atdata_source ?? lens.source_schema)),
    view: (view as SampleType | undefined) ?? (await find(lens.atdata_view ?? lens.view_schema)),
  };
}

/** Code takes samples of types that only who gives it knows. */
function codeOf({ getters, putters }: FindLensOptions): Pick<LoadLensOptions<unknown, unknown>, "getters" | "putters"> {
  return {
    getters: getters as LoadLensOptions<unknown, unknown>["getters"],
    putters: putters as LoadLensOptions<unknown, unknown>["putters"],
  };
}

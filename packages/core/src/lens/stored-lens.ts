import { AtdataError } from "../errors.ts";
import { checkVersion } from "../schema/names.ts";
import type { AnyLens } from "./lens.ts";
import { type LensJson, lensToJson } from "./lens-json.ts";

/** One copied field, as Python stores it. */
export interface FieldMapping {
  /** Field of the source. */
  readonly source_field: string;
  /** Field of the view. */
  readonly view_field: string;
  /** Always null: Python has no transforms either. */
  readonly transform: null;
}

/** How one direction of a stored lens is done. */
export type StoredFunction =
  | { readonly kind: "field_mapping"; readonly mappings: readonly FieldMapping[] }
  | { readonly kind: "code_reference"; readonly module: string; readonly qualname: string }
  | { readonly kind: "opaque" };

/** A lens as local indexes hold it, in the form that Python atdata reads and writes. */
export interface StoredLens {
  /** The lens's name. */
  readonly name: string;
  /** Its version `a.b.c`. */
  readonly version: string;
  /** Name of the source type. */
  readonly source_schema: string;
  /** Name of the view type. */
  readonly view_schema: string;
  /** How the view is made. */
  readonly getter: StoredFunction;
  /** How it is written back. */
  readonly putter: StoredFunction;
  /** When: ISO 8601 in UTC, with microseconds and `+00:00`. */
  readonly created_at: string;
  /** What it is for; left out when empty. */
  readonly description?: string;
  /** Ours, which Python passes over: a declarative lens that is more than copies. */
  readonly atdata_lens?: LensJson;
}

/** What a stored lens says besides the lens itself. */
export interface StoreLensOptions {
  /** Version `a.b.c`. */
  readonly version: string;
  /** The name, when the lens has none or another one is wanted. */
  readonly name?: string | undefined;
  /** What it is for. */
  readonly description?: string | undefined;
  /** When; now by default. */
  readonly createdAt?: Date | undefined;
}

/**
 * Writes a lens in the form of local indexes.
 *
 * A lens that only copies and renames becomes a `field_mapping`, which Python loads. Any other is `opaque` to Python, never a
 * mapping that would drop what it does to the values; a declarative one can still be loaded here, from the key `atdata_lens`.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – no name, a name with blanks, `@` or `/`, or a version that is not `a.b.c`.
 */
export function lensToStored(lens: AnyLens, options: StoreLensOptions): StoredLens {
  const name = options.name ?? lens.name;
  if (name === undefined || !/^[^\s@/]+$/.test(name)) {
    const hint = "a name without blanks, @ and /";
    throw new AtdataError("SCHEMA_INVALID", "a stored lens needs a name", name === undefined ? {} : { field: name }, {
      hint,
    });
  }
  checkVersion(options.version);
  const { copies, source, view, spec, twoWay } = lens;
  const onlyCopies = Object.keys(view.fields).every((field) => copies.has(field));
  const distinct = new Set(copies.values()).size === copies.size;
  return {
    name,
    version: options.version,
    source_schema: source.name,
    view_schema: view.name,
    getter: onlyCopies ? mapping(copies, "get") : { kind: "opaque" },
    putter: onlyCopies && twoWay && distinct ? mapping(copies, "put") : { kind: "opaque" },
    created_at: pythonTime(options.createdAt ?? new Date()),
    ...(options.description && { description: options.description }),
    ...(!onlyCopies && spec !== undefined && { atdata_lens: lensToJson(lens) }),
  };
}

/** Python swaps the names for the way back, and ignores them on load. */
function mapping(copies: ReadonlyMap<string, string>, direction: "get" | "put"): StoredFunction {
  const mappings = Array.from(copies, ([to, from]): FieldMapping => {
    const [source_field, view_field] = direction === "get" ? [from, to] : [to, from];
    return { source_field, view_field, transform: null };
  });
  return { kind: "field_mapping", mappings };
}

/** Writes a time as Python does, with microseconds and `+00:00`. */
export function pythonTime(date: Date): string {
  return date.toISOString().replace("Z", "000+00:00");
}

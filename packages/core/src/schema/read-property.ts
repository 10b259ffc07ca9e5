import { sameKind } from "./compare.ts";
import { dict, list } from "./container-fields.ts";
import { encodedField } from "./encoded-kinds.ts";
import type { Field, FieldDetails } from "./field.ts";
import type { RebuildOptions } from "./field-codec-pack.ts";
import { invalidSchema, isJsonObject, type Json, MAX_SCHEMA_DEPTH, own } from "./invalid-schema.ts";
import { ndarray, notedNdArray } from "./ndarray-field.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";
import { shimKind } from "./shims.ts";
import { readArray, readNotes } from "./stored-details.ts";

/** Where a property stands. */
export interface PropertyPlace {
  /** The field that it declares. */
  readonly field: string;
  /** The document that its `$ref`s point into. */
  readonly root: Json;
  /** Whether it is a record's, whose words Python gives a meaning of its own. */
  readonly record: boolean;
  readonly options: RebuildOptions;
  readonly depth: number;
  /** Steps that are left: references may branch without end. */
  readonly budget: { left: number };
}

/** A property, understood. */
export interface ReadProperty {
  readonly field: Field;
  /** Whether null is a value of it. */
  readonly nullable: boolean;
}

/**
 * Reads one property of a JSON Schema as a field.
 *
 * @throws AtdataError `SCHEMA_INVALID` – one that no kind of field can hold.
 */
export function readProperty(json: unknown, outer: PropertyPlace): ReadProperty {
  const place = { ...outer, depth: outer.depth + 1 };
  place.budget.left -= 1;
  if (place.depth > MAX_SCHEMA_DEPTH || place.budget.left < 0)
    throw invalidSchema("property nests too deep", place.field);
  if (!isJsonObject(json)) throw anything(place);
  const nullable = own(json, "nullable") === true;
  const notes = readNotes(json, place.field);
  const ref = own(json, "$ref");
  if (typeof ref === "string") return noted(readRef(ref, json, notes, place), notes, nullable);
  for (const key of ["anyOf", "oneOf"]) {
    const variants = own(json, key);
    if (Array.isArray(variants)) return noted(readVariants(variants, place), notes, nullable);
  }
  const parts = own(json, "allOf");
  if (Array.isArray(parts) && parts.every(isJsonObject)) {
    const { allOf: _, ...rest } = json;
    return readProperty(Object.assign({}, ...parts, rest), place);
  }
  const types = typesOf(json);
  const kinds = types.filter((type) => type !== "null");
  const type = kinds.length === 2 && kinds.includes("integer") && kinds.includes("number") ? "number" : kinds[0];
  if (type === undefined) throw anything(place);
  if (kinds.length > 1 && type !== "number") throw several(kinds, place);
  return { field: readTyped(type, json, notes, place), nullable: nullable || types.length > kinds.length };
}

function readTyped(type: string, json: Json, notes: FieldDetails, place: PropertyPlace): Field {
  switch (type) {
    case "string":
      return own(json, "format") === "byte" || own(json, "contentEncoding") === "base64" ? bytes(notes) : str(notes);
    case "integer":
      return own(json, "format") === "int64" ? int64(notes) : int(notes);
    case "number":
      return float(notes);
    case "boolean":
      return bool(notes);
    case "array":
      return list(readItems(json, place), notes);
    case "object": {
      const values = own(json, "additionalProperties");
      const open = !isJsonObject(values) || Object.keys(values).length === 0 || isJsonObject(own(json, "properties"));
      return open ? dict(undefined, notes) : dict(readInner(values, place), notes);
    }
    default:
      throw invalidSchema(`unknown type ${type}`, place.field);
  }
}

function readItems(json: Json, place: PropertyPlace): Field {
  const items = own(json, "items");
  const tuple = own(json, "prefixItems") ?? items;
  if (Array.isArray(tuple)) return readVariants(tuple, place).field;
  if (items === undefined && place.record) return str();
  return readInner(items, place);
}

function readInner(json: unknown, place: PropertyPlace): Field {
  const { field, nullable } = readProperty(json, place);
  if (nullable) throw invalidSchema("a list or dict cannot hold null", place.field);
  return field;
}

function readRef(ref: string, json: Json, notes: FieldDetails, place: PropertyPlace): ReadProperty {
  const target = ref.startsWith("#") ? resolve(ref, place.root) : undefined;
  const last = ref.slice(ref.lastIndexOf("/") + 1);
  const byWord = place.record || target === undefined || Object.hasOwn(shimNames, last);
  const kind = byWord ? shimKind(ref) : undefined;
  if (kind === undefined) {
    if (target !== undefined) return readProperty(target, place);
    throw invalidSchema(
      `unknown $ref ${ref.slice(0, 200)}`,
      place.field,
      "only references within the document are followed",
    );
  }
  const details = { ...notes, ...readArray(json, place.field) };
  if (kind !== "ndarray") return { field: encodedField(kind, details, place.options) as Field, nullable: false };
  const array = details.noted ? notedNdArray(details) : ndarray(details.dtype, details.shape, details);
  return { field: array, nullable: false };
}

const shimNames = { ndarray: 1, sparse: 1, structured: 1, tensor: 1, safetensors: 1, dataframe: 1 };

function resolve(ref: string, root: Json): unknown {
  let value: unknown = root;
  for (const part of ref.slice(1).split("/").slice(1)) {
    let text: string;
    try {
      text = decodeURIComponent(part);
    } catch {
      return undefined;
    }
    const key = text.replaceAll("~1", "/").replaceAll("~0", "~");
    value = isJsonObject(value) ? own(value, key) : undefined;
  }
  return value;
}

function readVariants(variants: readonly unknown[], place: PropertyPlace): ReadProperty {
  const values = variants.filter((variant) => !isNull(variant));
  const [first, ...rest] = values.map((variant) => readProperty(variant, place));
  if (first === undefined) throw anything(place);
  let { field, nullable } = first;
  for (const other of rest) {
    nullable ||= other.nullable;
    if (sameKind(field, other.field)) continue;
    const kinds = [field.kind, other.field.kind];
    if (!kinds.every((kind) => kind === "int" || kind === "float")) throw several(kinds, place);
    field = float();
  }
  return { field, nullable: nullable || values.length < variants.length };
}

function isNull(json: unknown): boolean {
  return isJsonObject(json) && (own(json, "type") === "null" || (Object.hasOwn(json, "const") && json.const === null));
}

/** The types that a property names, or else those of the values it lists. */
function typesOf(json: Json): readonly string[] {
  const type = own(json, "type");
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((name) => typeof name === "string");
  const listed = own(json, "enum");
  const values = Array.isArray(listed) ? listed : Object.hasOwn(json, "const") ? [json.const] : [];
  return [...new Set(values.map(typeOfValue))];
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return Array.isArray(value) ? "array" : typeof value;
}

/** What stands beside a reference or a choice says more than what it leads to. */
function noted(read: ReadProperty, notes: FieldDetails, nullable: boolean): ReadProperty {
  return { field: Object.freeze({ ...read.field, ...notes }), nullable: nullable || read.nullable };
}

function anything(place: PropertyPlace): Error {
  return invalidSchema("property may be anything, which no kind of field holds", place.field, "give it a type");
}

function several(kinds: readonly string[], place: PropertyPlace): Error {
  return invalidSchema(`property is either of several kinds: ${kinds.join(", ")}`, place.field);
}

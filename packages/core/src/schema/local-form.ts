import { dict, list, optional } from "./container-fields.ts";
import { encodedField, storedKindOf } from "./encoded-kinds.ts";
import type { Field, FieldDetails } from "./field.ts";
import type { RebuildOptions } from "./field-codec-pack.ts";
import { inField, invalidSchema, isJsonObject, type Json, MAX_SCHEMA_DEPTH, own } from "./invalid-schema.ts";
import { checkVersion } from "./names.ts";
import { ndarray, notedNdArray } from "./ndarray-field.ts";
import { createSampleType } from "./sample.ts";
import type { RawSample, SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";
import {
  checkReadName,
  checkStorable,
  inNotedOrder,
  readArray,
  readNotes,
  readTypeName,
  readVersion,
  type StoredArray,
  type StoredNotes,
  storeArray,
  storeNotes,
} from "./stored-details.ts";

/** A sample type in the form that local indexes and `dataset.json` hold. Keys of ours are marked. */
export interface LocalSchema {
  readonly name: string;
  /** Left out while the type has none. */
  readonly version?: string;
  /** Required fields first, so that Python can rebuild the type. */
  readonly fields: readonly LocalField[];
  /** Ours: the names in declared order, where `fields` has another. */
  readonly propertyOrder?: readonly string[];
  readonly description?: string;
  /** ISO 8601, UTC. */
  readonly createdAt?: string;
}

/** One field of a {@link LocalSchema}. */
export interface LocalField extends StoredNotes {
  readonly name: string;
  readonly fieldType: LocalFieldType;
  readonly optional: boolean;
}

/** The type of a field; which keys there are depends on the kind. */
export interface LocalFieldType extends StoredArray {
  /** `local#` and the kind. */
  readonly $type: string;
  readonly primitive?: string;
  /** Ours: an `int` that is a bigint. */
  readonly format?: "int64";
  /** Ours: a `str` that is a dict; its values may be anything when `values` is left out. */
  readonly dict?: { readonly values?: LocalFieldType };
  readonly items?: LocalFieldType;
}

/** What goes into a stored schema besides the type. */
export interface SchemaToLocalOptions {
  /** Version `a.b.c`, instead of the type's own. */
  readonly version?: string | undefined;
  /** ISO 8601, UTC, with microseconds and `+00:00` as Python writes it; left out when absent. */
  readonly createdAt?: string | undefined;
}

/**
 * Writes a sample type in the local form.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – a name that Python could not rebuild, or a version that is not `a.b.c`.
 */
export function schemaToLocal(type: SampleType, options: SchemaToLocalOptions = {}): LocalSchema {
  const version = options.version ?? type.version;
  if (version !== undefined) checkVersion(version);
  checkStorable(type.name, Object.keys(type.fields));
  return localForm(type, { ...options, version });
}

/** Writes a type in the local form without checking names and version: they were stored before. */
export function localForm(type: SampleType, { version, createdAt }: SchemaToLocalOptions): LocalSchema {
  const declared = Object.keys(type.fields);
  const entries = Object.entries(type.fields);
  const stored = [...entries.filter(([, f]) => !f.optional), ...entries.filter(([, f]) => f.optional)];
  const reordered = stored.some(([name], i) => name !== declared[i]);
  return {
    name: type.name,
    ...(version !== undefined && { version }),
    fields: stored.map(([name, field]) => ({
      name,
      fieldType: storeFieldType(field),
      optional: field.optional,
      ...storeNotes(field),
    })),
    ...(reordered && { propertyOrder: declared }),
    ...(type.description !== undefined && { description: type.description }),
    ...(createdAt !== undefined && { createdAt }),
  };
}

/**
 * Rebuilds a sample type from the local form, written by this library or by Python.
 *
 * The dtype and shape of an array are enforced only when they were declared (`exact`): Python writes a dtype that it does not know.
 *
 * @param json - Parsed JSON.
 * @throws {@link AtdataError} `SCHEMA_INVALID` – with the field, when it is one that cannot be rebuilt.
 */
export function schemaFromLocal(json: unknown, options: RebuildOptions = {}): SampleType<RawSample> {
  if (!isJsonObject(json)) throw invalidSchema("schema is not an object");
  const name = readTypeName(json);
  const stored = own(json, "fields");
  if (!Array.isArray(stored) || stored.length === 0) throw invalidSchema(`type ${name} has no fields`);
  const fields: Record<string, Field> = {};
  for (const item of stored as unknown[]) {
    if (!isJsonObject(item)) throw invalidSchema("a field is not an object");
    const fieldName = checkReadName(own(item, "name"), fields);
    const fieldType = own(item, "fieldType");
    if (!isJsonObject(fieldType)) throw invalidSchema("field has no fieldType", fieldName);
    const place = { field: fieldName, options, depth: 0 };
    const built = inField(fieldName, () => readFieldType(fieldType, readNotes(item, fieldName), place));
    fields[fieldName] = own(item, "optional") === true ? optional(built) : built;
  }
  const description = own(json, "description");
  return createSampleType<RawSample>(name, inNotedOrder(fields, own(json, "propertyOrder")), {
    version: readVersion(json),
    description: typeof description === "string" ? description : undefined,
  });
}

interface Place {
  readonly field: string;
  readonly options: RebuildOptions;
  readonly depth: number;
}

const primitives = { str, int, float, bool, bytes } as const;

function storeFieldType(field: Field): LocalFieldType {
  switch (field.kind) {
    case "str":
    case "int":
    case "float":
    case "bool":
    case "bytes":
      return { $type: "local#primitive", primitive: field.kind };
    case "int64":
      return { $type: "local#primitive", primitive: "int", format: "int64" };
    case "dict":
      return {
        $type: "local#primitive",
        primitive: "str",
        dict: field.values === undefined ? {} : { values: storeFieldType(field.values) },
      };
    case "list":
      return { $type: "local#array", items: storeFieldType(field.items as Field) };
    default:
      return { $type: `local#${storedKindOf(field)}`, ...storeArray(field) };
  }
}

function readFieldType(json: Json, notes: FieldDetails, place: Place): Field {
  const { field } = place;
  if (place.depth > MAX_SCHEMA_DEPTH) throw invalidSchema(`types nest deeper than ${MAX_SCHEMA_DEPTH}`, field);
  const kind = kindOf(json, field);
  switch (kind) {
    case "primitive":
      return readPrimitive(json, notes, place);
    case "array":
      return list(readInner(own(json, "items"), place), notes);
    case "ndarray": {
      const details = { ...notes, ...readArray(json, field) };
      return details.noted ? notedNdArray(details) : ndarray(details.dtype, details.shape, details);
    }
    case "ref":
      throw invalidSchema("references to other schemas are not supported", field, "copy the fields of that type");
    default: {
      const built = encodedField(kind, { ...notes, ...readArray(json, field) }, place.options);
      if (built !== undefined) return built;
      throw invalidSchema(`unknown kind ${kind}`, field, "was the schema written by a newer version?");
    }
  }
}

function kindOf(json: Json, field: string): string {
  const type = own(json, "$type");
  if (typeof type === "string" && type.includes("#")) return type.slice(type.lastIndexOf("#") + 1);
  const kind = own(json, "kind") ?? "primitive";
  if (typeof kind !== "string") throw invalidSchema("kind is not a text", field);
  return kind;
}

function readPrimitive(json: Json, notes: FieldDetails, place: Place): Field {
  const dictType = own(json, "dict");
  if (isJsonObject(dictType)) {
    const values = own(dictType, "values") ?? undefined;
    return values === undefined ? dict(undefined, notes) : dict(readInner(values, place), notes);
  }
  const primitive = own(json, "primitive");
  if (primitive === "int" && own(json, "format") === "int64") return int64(notes);
  if (typeof primitive === "string" && Object.hasOwn(primitives, primitive)) {
    return primitives[primitive as keyof typeof primitives](notes);
  }
  throw invalidSchema(`unknown primitive ${String(primitive)}`, place.field);
}

function readInner(json: unknown, place: Place): Field {
  if (!isJsonObject(json)) throw invalidSchema("container has no type of items", place.field);
  return readFieldType(json, {}, { ...place, depth: place.depth + 1 });
}

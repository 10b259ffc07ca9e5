import type { JsonRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "./collections.ts";
import { isJsonObject } from "./problem.ts";

/** Gives a record that was written by an earlier program, or by Python, the form that its lexicon has now, as far as is needed to check it. */
export function inPresentForm(collection: string, value: JsonRecord): JsonRecord {
  if (collection === COLLECTIONS.entry) return withoutObjectMetadata(value);
  if (collection === COLLECTIONS.schema) return withFlatBody(value);
  return value;
}

/** Python writes the metadata as an object, where the lexicon asks for bytes. */
function withoutObjectMetadata(value: JsonRecord): JsonRecord {
  const { metadata, ...rest } = value;
  return isJsonObject(metadata) && !Object.hasOwn(metadata, "$bytes") ? rest : value;
}

/** The JSON Schema has been inside `schemaBody`, inside `content`, and without a `$type`. */
function withFlatBody(value: JsonRecord): JsonRecord {
  const outer = value.schema;
  if (!isJsonObject(outer)) return value;
  const inner = outer.content ?? outer.schemaBody ?? (outer.$type === undefined ? outer : undefined);
  if (!isJsonObject(inner)) return value;
  const form = { $type: `${COLLECTIONS.schema}#jsonSchemaFormat`, $schema: "http://json-schema.org/draft-07/schema#" };
  return { schemaType: "jsonSchema", ...value, schema: { ...inner, ...form } };
}

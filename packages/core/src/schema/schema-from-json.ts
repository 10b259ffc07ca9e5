import { invalidSchema, isJsonObject, own } from "./invalid-schema.ts";
import { type FromJsonSchemaOptions, schemaFromJsonSchema } from "./json-schema.ts";
import { schemaFromLocal } from "./local-form.ts";
import { schemaFromRecord } from "./record-form.ts";
import type { RawSample, SampleType } from "./sample-type.ts";

/**
 * Builds a sample type from parsed JSON of any form: the local one, an ATProto record, or a JSON Schema document.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – none of these, or one that is not usable.
 * @throws {@link AtdataError} `FORMAT_TOO_NEW` – a schema record of a newer version.
 */
export function schemaFromJson(json: unknown, options: FromJsonSchemaOptions = {}): SampleType<RawSample> {
  if (!isJsonObject(json)) throw invalidSchema("schema is not an object");
  const schema = own(json, "schema");
  const inner = isJsonObject(schema) && (own(schema, "schemaBody") ?? own(schema, "content")) !== undefined;
  if (own(json, "schemaType") === "jsonSchema" || inner) return schemaFromRecord(json, options);
  if (Array.isArray(own(json, "fields"))) return schemaFromLocal(json, options);
  if (isJsonObject(own(json, "properties"))) return schemaFromJsonSchema(json, options);
  const hint = "a schema has `fields` (local form), `schemaType` (record) or `properties` (JSON Schema)";
  throw invalidSchema("not a schema in any known form", undefined, hint);
}

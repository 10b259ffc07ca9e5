import { AtdataError, type StoredLensRecord } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { isJsonObject } from "../lexicon/problem.ts";
import type { LensRecord } from "../lexicon/types.ts";
import { checked } from "./checked.ts";
import { codeOf, codeReference, type LensCode, storedFunction } from "./lens-code.ts";
import { fieldsOf, invalidRecord } from "./read-record.ts";
import { recordMicroseconds } from "./record-time.ts";
import type { ToRecordOptions } from "./schema-record.ts";

const collection = COLLECTIONS.lens;
const FORMAT = "atdata.lensRecord/1";

/**
 * Writes a stored lens as a record, with its stored form as text inside, as records hold no floats.
 *
 * Its JSON has the uris of its types' schemas under `atdata_source` and `atdata_view`, and may have {@link LensCode} under
 * `atdata_code`.
 *
 * @throws AtdataError `RECORD_INVALID` – its JSON is no object, its types are not named by `at://` uris, or a field is too long.
 */
export function lensToRecord({ name, version, json }: StoredLensRecord, { createdAt }: ToRecordOptions): JsonRecord {
  if (!isJsonObject(json)) throw invalidRecord("stored lens is no object", { collection, field: "metadata" });
  const { name: _, version: __, atdata_source: source, atdata_view: view, atdata_code: code, ...rest } = json;
  const { created_at: time, description, ...others } = rest;
  const stored = {
    ...others,
    ...(!isTime(time) && time !== undefined && { created_at: time }),
    ...(typeof description !== "string" && description !== undefined && { description }),
  };
  const text = JSON.stringify(stored);
  const { getter, putter } = (code ?? {}) as Partial<LensCode>;
  return checked(collection, {
    $type: collection,
    name,
    sourceSchema: requireUri(source, "sourceSchema"),
    targetSchema: requireUri(view, "targetSchema"),
    getterCode: getter ?? codeReference(others.getter, "getter", text),
    putterCode: putter ?? codeReference(others.putter, "putter", text),
    createdAt: isTime(time) ? time : createdAt,
    ...(typeof description === "string" && { description }),
    metadata: { atdata: { format: FORMAT, version, stored: text } },
    ...versionOf(source, "sourceSchemaVersion"),
    ...versionOf(view, "targetSchemaVersion"),
  });
}

/**
 * Reads a stored lens from its record, ours or Python's; one of Python's refers to code, and is of version `1.0.0`.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field; `FORMAT_TOO_NEW`.
 */
export function lensFromRecord(record: RepoRecord): StoredLensRecord {
  const { uri } = record;
  const value = fieldsOf(record, collection) as LensRecord;
  const { name, sourceSchema, targetSchema, getterCode, putterCode, createdAt, description, metadata } = value;
  const ours = metadata?.atdata;
  const { version, stored } = isJsonObject(ours)
    ? ourForm(ours, uri)
    : {
        version: "1.0.0",
        stored: {
          source_schema: sourceSchema,
          view_schema: targetSchema,
          getter: storedFunction(getterCode),
          putter: storedFunction(putterCode),
        },
      };
  const code = codeOf(getterCode, putterCode, value.language);
  const json = {
    created_at: createdAt,
    ...(description !== undefined && { description }),
    ...stored,
    // The record is what everybody sees: the text in it does not overrule it.
    name,
    version,
    atdata_source: sourceSchema,
    atdata_view: targetSchema,
    ...(code !== undefined && { atdata_code: code }),
  };
  return { name, version, json };
}

function ourForm({ format, version, stored }: JsonRecord, uri: string): { version: string; stored: JsonRecord } {
  if (typeof format === "string" && /^atdata\.lensRecord\/\d+/.test(format) && !/\/1(?:\.|$)/.test(format)) {
    const fields = { format: "atdata.lensRecord", found: format.slice(0, 100), supported: FORMAT };
    throw new AtdataError("FORMAT_TOO_NEW", "lens record is of a newer version", fields, { hint: "update atdata" });
  }
  const json = typeof stored === "string" ? parsed(stored) : undefined;
  if (typeof version === "string" && isJsonObject(json)) return { version, stored: json };
  throw invalidRecord("not a stored lens", { collection, field: "metadata.atdata", uri });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && recordMicroseconds(value) !== undefined;
}

function requireUri(ref: unknown, field: string): string {
  if (typeof ref === "string" && ref.startsWith("at://")) return ref;
  const hint = "publish both types to the same repository";
  throw invalidRecord("lens is not between schemas of a network", { collection, field }, { hint });
}

/** Our schemas' keys have their versions. */
function versionOf(schema: unknown, key: string): JsonRecord {
  const version = typeof schema === "string" ? /\/[^/]*:(\d+\.\d+\.\d+)$/.exec(schema)?.[1] : undefined;
  return version === undefined ? {} : { [key]: version };
}

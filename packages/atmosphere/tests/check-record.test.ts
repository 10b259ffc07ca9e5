import { AtdataError } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonRecord } from "../src/client/repo-client.ts";
import { checkRecord } from "../src/lexicon/check-record.ts";
import { limitRows } from "./lexicon-limits.ts";
import { fullRecords, type Kind, lens, requiredFields, schema } from "./lexicon-records.ts";

const kinds: readonly Kind[] = Object.keys(fullRecords).filter((key): key is Kind => key in fullRecords);
const uri = "at://did:plc:abc/collection/key";
const flat = <T>(table: Readonly<Record<Kind, readonly T[]>>): [Kind, T][] =>
  kinds.flatMap((kind) => table[kind].map((each): [Kind, T] => [kind, each]));

describe("checkRecord", () => {
  it.each(kinds)("takes a full record: %s", (kind) => {
    check(fullRecords[kind]);
    check(fullRecords[kind], uri);
  });

  it.each(flat(requiredFields))("wants in a record of %s the field %s", (kind, field) => {
    expect(fieldRefused(withField(fullRecords[kind], field, undefined))).toBe(
      // Nobody can tell which form an object without a type has.
      field.endsWith(".$type") ? field.slice(0, -".$type".length) : field,
    );
  });

  it.each(kinds)("wants no other field: %s", (kind) => {
    const required = new Set([...requiredFields[kind], ...(kind.startsWith("entry") ? requiredFields.entry : [])]);
    for (const field of fieldsIn(fullRecords[kind])) {
      // The parts of a blob are the data model's, and a list's item is not absent but missing.
      if (required.has(field) || /\]$|\.(ref|mimeType|size)\b|\.\$bytes$|blob\.|header\.|samples\./.test(field))
        continue;
      check(withField(fullRecords[kind], field, undefined));
    }
  });

  it.each(flat(limitRows).map(([kind, row], index) => ({ kind, index, ...row })))(
    "keeps limit $index, of the field $field in a record of $kind",
    ({ kind, field, fits, breaks }) => {
      check(withField(fullRecords[kind], field, fits));
      expect(fieldRefused(withField(fullRecords[kind], field, breaks))).toBe(field);
    },
  );

  it("has a row for every field that the lexicons name", () => {
    const rows = new Set(kinds.flatMap((kind) => limitRows[kind].map(({ field }) => field.replace(/\[0\]$/, ""))));
    const fields = kinds.flatMap((kind) => fieldsIn(fullRecords[kind]).map((field) => field.replace(/\[0\]$/, "")));
    const open =
      /\.\$type$|^schema\.properties\.|^schema\.arrayFormatVersions\.|^contentMetadata\.|^metadata\.(atdata|\$bytes)/;
    const parts = /\.ref\b|^blob\.|\.blob\.(size|mimeType)|(header|samples)\.(size|mimeType)$/;
    const groups = new Set(["size", "codeHash", "proofRef", "getterCode", "putterCode", "storage"]);
    const untested = fields.filter(
      (field) => !rows.has(field) && !open.test(field) && !parts.test(field) && !groups.has(field),
    );
    expect(untested).toEqual([]);
  });

  it("leaves open what the lexicons leave open", () => {
    const { entry, lensVerification } = fullRecords;
    check({ ...entry, more: { of: ["anything"] } });
    check({ ...entry, storage: { $type: "com.example.tape", reel: 7 } });
    check({ ...schema, schemaType: "protobuf", schema: { $type: "com.example.protobuf", text: "message A {}" } });
    check({ ...schema, schema: { ...schema.schema, propertyOrder: ["label"], required: ["label"] } });
    check({ ...lens, getterCode: { ...lens.getterCode, language: "cobol" } });
    check({ ...lensVerification, verificationMethod: "oath" });
  });

  it.each([
    ["a float", 1.5, "contentMetadata.a[1].b is a float, which records cannot hold"],
    ["no number", Number.NaN, "contentMetadata.a[1].b is a float, which records cannot hold"],
    ["a large integer", 2 ** 53, "contentMetadata.a[1].b is an integer beyond 2^53"],
    ["bytes", new Uint8Array(3), "contentMetadata.a[1].b is not JSON"],
    ["a date", new Date(0), "contentMetadata.a[1].b is not JSON"],
    ["a bigint", 1n, "contentMetadata.a[1].b is not JSON"],
  ])("refuses what a repository cannot hold: %s", (_, b, message) => {
    expect(() => check({ ...fullRecords.entry, contentMetadata: { a: [0, { b }] } })).toThrow(message);
  });

  it("refuses a record whose fields stand in its prototype", () => {
    const { $type, ...rest } = fullRecords.label;
    const hostile: JsonRecord = JSON.parse(`{"$type":"${$type}","__proto__":${JSON.stringify(rest)}}`);
    expect(fieldRefused(hostile, uri)).toBe("__proto__");
    expect(fieldRefused(Object.assign(Object.create(rest), { $type }), uri)).toBe("");
  });

  it("refuses a record that is nested without end", () => {
    let deep: JsonRecord = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { a: deep };
    expect(() => check({ ...fullRecords.entry, contentMetadata: deep }, uri)).toThrow("is nested more than 100 deep");
  });

  it("says where the record is, what is wrong and with which field", () => {
    const wrong = { ...fullRecords.label, name: "a".repeat(201) };
    expect(() => check(wrong, uri)).toThrow(
      expect.objectContaining({
        code: "RECORD_INVALID",
        clause: "name must not be longer than 200 bytes",
        fields: { collection: "science.alt.dataset.label", field: "name", uri },
      }),
    );
    expect(() => checkRecord("science.alt.dataset.label", fullRecords.lens)).toThrow(
      "$type must be science.alt.dataset.label",
    );
    expect(() => checkRecord("science.alt.dataset.storageHttp", fullRecords.lens)).toThrow(TypeError);
    expect(() => checkRecord("com.example.thing", fullRecords.lens)).toThrow(TypeError);
  });

  it("throws nothing but its own error, whatever comes", () => {
    const pick = fc.constantFrom(...kinds);
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom({ $type: "blob" }, { $link: "a" }, { $bytes: "a" }, null, []),
    );
    fc.assert(
      fc.property(pick, fc.nat(), value, fc.boolean(), (kind, at, what, wasRead) => {
        const fields = fieldsIn(fullRecords[kind]);
        const record = withField(fullRecords[kind], fields[at % fields.length] ?? "name", what);
        try {
          checkRecord(fullRecords[kind].$type, record, wasRead ? uri : undefined);
        } catch (error) {
          expect(error).toBeInstanceOf(AtdataError);
        }
      }),
    );
  });
});

describe("checkRecord of records that were read", () => {
  const { entry } = fullRecords;
  const { $type, $schema, ...body } = schema.schema;

  it.each<[string, JsonRecord]>([
    ["metadata as an object", { ...entry, metadata: { split: "train", custom: { k: 1 } } }],
    ["a schema in an envelope", { ...schema, schema: { $type, draft: "draft-07", content: body } }],
    ["a schema in schemaBody", withField({ ...schema, schema: { schemaBody: body } }, "schemaType", undefined)],
    ["a schema without a type", { ...schema, schema: body }],
    ["a version that is not semantic", { ...schema, version: "1" }],
    ["a shard of another media type", withField(entry, "storage.blobs[0].blob.mimeType", "application/octet-stream")],
    ["a shard that is too large", withField(entry, "storage.blobs[0].blob.size", 2 ** 30)],
  ])("takes %s, which is not written", (_, value) => {
    check(value, uri);
    expect(fieldRefused(value)).not.toBe("none");
  });

  it("refuses what is wrong inside an earlier form", () => {
    const enveloped = { ...schema, schema: { $type, content: { ...body, properties: "none" } } };
    expect(fieldRefused(enveloped, uri)).toBe("schema.properties");
    expect(fieldRefused({ ...entry, metadata: "text" }, uri)).toBe("metadata");
    expect(fieldRefused({ ...entry, metadata: { $bytes: 1 } }, uri)).toBe("metadata");
  });
});

function check(value: JsonRecord, at?: string): void {
  checkRecord(String(value.$type), value, at);
}

/** The field that the check names: `none` where it finds nothing wrong. */
function fieldRefused(value: JsonRecord, at?: string): string | undefined {
  const kind = kinds.find((each) => fullRecords[each].$type === value.$type);
  const collection = kind === undefined ? "science.alt.dataset.label" : fullRecords[kind].$type;
  try {
    checkRecord(collection, value, at);
  } catch (error) {
    if (error instanceof AtdataError && error.code === "RECORD_INVALID")
      return String(Reflect.get(error.fields, "field"));
    throw error;
  }
  return "none";
}

/** The paths of all fields. */
function fieldsIn(value: unknown, path = ""): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => [`${path}[${index}]`, ...fieldsIn(item, `${path}[${index}]`)]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = path === "" ? key : `${path}.${key}`;
    return [own, ...fieldsIn(item, own)];
  });
}

/** A copy with another value in one field. */
function withField(record: object, field: string, value: unknown): JsonRecord {
  const copy: JsonRecord = JSON.parse(JSON.stringify(record));
  const keys = field.split(/[.[\]]+/).filter((key) => key !== "");
  let place: object = copy;
  for (const key of keys.slice(0, -1)) {
    const next: unknown = Reflect.get(place, key);
    if (typeof next !== "object" || next === null) throw new Error(`no field ${field}`);
    place = next;
  }
  if (value === undefined) Reflect.deleteProperty(place, keys.at(-1) ?? "");
  else Reflect.set(place, keys.at(-1) ?? "", value);
  return copy;
}

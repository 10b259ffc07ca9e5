import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordIn } from "../../tests/repository-form.ts";
import type { JsonRecord } from "../client/repo-client.ts";
import { entryFromRecord } from "./entry-from-record.ts";
import { labelFromRecord } from "./label-record.ts";
import { lensFromRecord } from "./lens-record.ts";
import { schemaFromAtRecord } from "./schema-record.ts";
import { verificationFromRecord } from "./verification-record.ts";

const did = "did:plc:abc";
const nsid = "science.alt.dataset";
const createdAt = "2026-02-03T04:05:06.123456+00:00";
const schemaRef = `at://${did}/${nsid}.schema/3k`;

const digest = "ab".repeat(32);

const properties = { note: { type: "string" }, label: { type: "string" } };
const body = { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties, required: ["label"] };
const flat = { $type: `${nsid}.schema#jsonSchemaFormat`, ...body };

describe("the record of a schema", () => {
  const str = { $type: "local#primitive", primitive: "str" };
  const fields = [
    { name: "label", fieldType: str, optional: false },
    { name: "note", fieldType: str, optional: true },
  ];
  it.each<[string, JsonRecord, string]>([
    ["flattened", { schema: flat, atdataSchemaVersion: 1 }, "3k"],
    ["without a version of its form", { schema: flat }, "3k"],
    ["with $atdataSchemaVersion", { schema: flat, $atdataSchemaVersion: 1 }, "3k"],
    [
      "in an envelope",
      { schema: { $type: `${nsid}.schema#jsonSchemaFormat`, draft: "draft-07", content: body } },
      "3k",
    ],
    ["in a schemaBody", { schema: { $type: `${nsid}.schema#jsonSchemaFormat`, schemaBody: body } }, "3k"],
    ["under Point@1.0.0", { schema: flat }, "Point@1.0.0"],
    ["under Point:1.0.0", { schema: flat }, "Point:1.0.0"],
    ["with a dotted name", { schema: flat, name: "pkg.mod.Point" }, "3k"],
    ["with propertyOrder", { schema: { ...flat, propertyOrder: ["label", "note"] } }, "3k"],
    [
      "with nullable",
      {
        schema: {
          ...flat,
          required: ["label", "note"],
          properties: { ...properties, note: { type: "string", nullable: true } },
        },
      },
      "3k",
    ],
  ])("is read %s", (how, more, rkey) => {
    const record = recordIn(
      "schema",
      { $type: `${nsid}.schema`, name: "Point", version: "1.0.0", schemaType: "jsonSchema", createdAt, ...more },
      rkey,
    );
    const stored = schemaFromAtRecord(record);
    // A repository sorts "note" before "label", and what has no order of its own is declared in that one.
    const propertyOrder = how === "with propertyOrder" ? {} : { propertyOrder: ["note", "label"] };
    const json = { name: "Point", version: "1.0.0", fields, ...propertyOrder, createdAt };
    expect(stored).toEqual({ name: "Point", version: "1.0.0", json, ref: record.uri });
  });

  it("is refused where no type can be made of it, with the property", () => {
    const schema = { ...flat, properties: { odd: { $ref: "https://example.com/other" } } };
    const record = recordIn("schema", {
      $type: `${nsid}.schema`,
      name: "P",
      version: "1.0.0",
      schemaType: "jsonSchema",
      createdAt,
      schema,
    });
    expect(() => schemaFromAtRecord(record)).toThrow(
      expect.objectContaining({
        code: "RECORD_INVALID",
        fields: expect.objectContaining({ field: "schema.properties.odd", uri: record.uri }),
      }),
    );
    const newer = recordIn("schema", { ...record.value, schema: flat, atdataSchemaVersion: 2 });
    expect(() => schemaFromAtRecord(newer)).toThrow(expect.objectContaining({ code: "FORMAT_TOO_NEW" }));
  });
});

describe("the record of a label", () => {
  const id = `at://${did}/${nsid}.entry/3k`;
  const plain = { $type: `${nsid}.label`, name: "points", datasetUri: id, createdAt };
  it.each<[string, JsonRecord, JsonRecord]>([
    ["without a version", {}, { version: "" }],
    ["with an empty version", { version: "" }, { version: "" }],
    ["with all there is", { version: "1.0.0", description: "" }, { version: "1.0.0", description: "" }],
    [
      "with a time in Z",
      { createdAt: "2026-02-03T04:05:06.123Z" },
      { version: "", createdAt: "2026-02-03T04:05:06.123Z" },
    ],
  ])("is read %s", (_, more, want) => {
    expect(labelFromRecord(recordIn("label", { ...plain, ...more }))).toEqual({
      name: "points",
      id,
      createdAt,
      ...want,
    });
  });
});

const code = { repository: "https://github.com/o/r", commit: "0".repeat(40), path: "pkg.mod:Make.label" };

describe("the record of a lens of Python's", () => {
  const uris = { sourceSchema: `${schemaRef}1`, targetSchema: `${schemaRef}2` };
  const plain = {
    $type: `${nsid}.lens`,
    name: "label_only",
    ...uris,
    getterCode: code,
    putterCode: { ...code, path: "put" },
    createdAt,
  };
  const json = {
    name: "label_only",
    version: "1.0.0",
    source_schema: uris.sourceSchema,
    view_schema: uris.targetSchema,
    getter: { kind: "code_reference", module: "pkg.mod", qualname: "Make.label" },
    putter: { kind: "code_reference", module: "put", qualname: "" },
    created_at: createdAt,
    atdata_source: uris.sourceSchema,
    atdata_view: uris.targetSchema,
  };
  const coded = (language: JsonRecord) => ({
    getter: { ...language, ...code },
    putter: { ...language, ...code, path: "put" },
  });
  it.each<[string, JsonRecord, JsonRecord]>([
    ["with least", {}, { atdata_code: coded({}) }],
    [
      "with its language at the top",
      { language: "python", description: "Labels." },
      { atdata_code: coded({ language: "python" }), description: "Labels." },
    ],
    [
      "with empty metadata and versions",
      { metadata: {}, sourceSchemaVersion: ">=1.0.0 <2.0.0", targetSchemaVersion: "1.0.0" },
      { atdata_code: coded({}) },
    ],
    [
      "with a branch, and languages of their own",
      { getterCode: { ...code, branch: "main", language: "rust" }, language: "python" },
      { atdata_code: { ...coded({ language: "python" }), getter: { ...code, branch: "main", language: "rust" } } },
    ],
  ])("is read %s", (_, more, want) => {
    expect(lensFromRecord(recordIn("lens", { ...plain, ...more }))).toEqual({
      name: "label_only",
      version: "1.0.0",
      json: { ...json, ...want },
    });
  });
});

describe("the record of a verification", () => {
  const lens = `at://${did}/${nsid}.lens/3k`;
  const plain = { lens, lensCommit: "bafyrei", createdAt };
  it.each<[string, JsonRecord, JsonRecord]>([
    ["of a method of its own", { verificationMethod: "prayer" }, { method: "prayer" }],
    [
      "with all there is",
      { verificationMethod: "signedHash", codeHash: { algorithm: "sha256", digest }, proofRef: code, description: "…" },
      { method: "signedHash", codeHash: { algorithm: "sha256", digest }, proof: code, description: "…" },
    ],
  ])("is read %s", (_, more, want) => {
    const record = recordIn("lensVerification", { $type: `${nsid}.lensVerification`, ...plain, ...more });
    expect(verificationFromRecord(record)).toEqual({ ...plain, ...want, uri: record.uri, verifier: did });
  });
});

describe("a record that is not what it should be", () => {
  const readers = {
    entry: entryFromRecord,
    schema: schemaFromAtRecord,
    label: labelFromRecord,
    lens: lensFromRecord,
    lensVerification: verificationFromRecord,
  };

  it.each(Object.entries(readers))("is told by its type, as %s", (collection, read) => {
    for (const $type of [`${nsid}.other`, undefined, 5]) {
      const record = recordIn(collection, $type === undefined ? {} : { $type });
      expect(() => read(record)).toThrow(
        expect.objectContaining({
          code: "RECORD_TYPE",
          fields: expect.objectContaining({ uri: record.uri, want: `${nsid}.${collection}` }),
        }),
      );
    }
    expect(() => read(recordIn(collection, { $type: `${nsid}.${collection}` }))).toThrow(
      expect.objectContaining({ code: "RECORD_INVALID" }),
    );
  });

  it("raises nothing but errors of this library", () => {
    const good: Record<keyof typeof readers, JsonRecord> = {
      entry: {
        name: "d",
        schemaRef,
        storage: {
          $type: `${nsid}.storageHttp`,
          shards: [{ url: "https://example.com/d.tar", checksum: { algorithm: "none", digest: "" } }],
        },
        createdAt,
        metadata: { $bytes: "gA" },
      },
      schema: { name: "P", version: "1.0.0", schemaType: "jsonSchema", schema: flat, createdAt },
      label: { name: "d", datasetUri: schemaRef, createdAt },
      lens: {
        name: "l",
        sourceSchema: schemaRef,
        targetSchema: schemaRef,
        getterCode: code,
        putterCode: code,
        createdAt,
        metadata: { atdata: { format: "atdata.lensRecord/1", version: "1.0.0", stored: "{}" } },
      },
      lensVerification: { lens: schemaRef, lensCommit: "b", verificationMethod: "x", createdAt },
    };
    for (const [collection, read] of Object.entries(readers)) {
      const value = { $type: `${nsid}.${collection}`, ...good[collection as keyof typeof readers] };
      expect(() => read(recordIn(collection, value))).not.toThrow();
      const storage = fc.record({
        $type: fc.constantFrom("x.storageHttp", "x.storageS3", "x.storageBlobs", "x.storageExternal"),
        shards: fc.jsonValue(),
        blobs: fc.jsonValue(),
        urls: fc.jsonValue(),
      });
      const change = fc.tuple(
        fc.constantFrom(...Object.keys(value), "tags", "size", "manifests", "language"),
        fc.oneof(fc.jsonValue(), storage),
      );
      fc.assert(
        fc.property(change, ([key, wrong]) => {
          try {
            read(recordIn(collection, { ...value, [key]: wrong }));
          } catch (error) {
            expect(error).toMatchObject({ name: "AtdataError" });
          }
        }),
      );
    }
  });
});

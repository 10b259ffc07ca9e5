import { encodeDynamic, entryDetails } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromRepository, recordAt } from "../../tests/repository-form.ts";
import { blobCid } from "../blobs/cid.ts";
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
const cid = blobCid(Uint8Array.of(1));
const blob = { $type: "blob", ref: { $link: cid }, mimeType: "application/x-tar", size: 10_240 };
const digest = "ab".repeat(32);
const none = { algorithm: "none", digest: "" };

function at(collection: string, value: JsonRecord, rkey = "3k") {
  return recordAt(`at://${did}/${nsid}.${collection}/${rkey}`, fromRepository(value));
}

function entryOf(more: JsonRecord) {
  const storage = { $type: `${nsid}.storageHttp`, shards: [{ url: "https://example.com/d.tar", checksum: none }] };
  return entryFromRecord(
    at("entry", { $type: `${nsid}.entry`, name: "points", schemaRef, storage, createdAt, ...more }),
  );
}

/** Base64 of msgpack of three lengths, so that each padding is met; `fromRepository` takes the padding away. */
const packed = [{ a: 1 }, { ab: 1 }, { abc: 1 }].map(
  (map) => [map, Buffer.from(encodeDynamic(map)).toString("base64")] as const,
);

describe("metadata of an entry's record", () => {
  it.each<[string, unknown, unknown]>([
    ["is absent", undefined, undefined],
    ...packed.map(([map, $bytes]): [string, unknown, unknown] => [
      `is bytes without padding, ${$bytes}`,
      { $bytes },
      map,
    ]),
    ["is an object of Python's", { split: "train", custom: { k: 1 } }, { split: "train", k: 1 }],
    [
      "is an object with everything that Python puts there",
      {
        sourceUri: "https://example.com",
        createdBy: "me",
        version: "2",
        processingSteps: ["a", "b"],
        split: "test",
        custom: { split: "lost", more: { deep: [null, false] }, raw: { $bytes: "AAE=" } },
      },
      {
        source_uri: "https://example.com",
        created_by: "me",
        version: "2",
        processing_steps: ["a", "b"],
        split: "test",
        more: { deep: [null, false] },
        raw: Uint8Array.of(0, 1),
      },
    ],
    ["is an empty object", {}, {}],
    ["has members that Python does not know", { other: 1, custom: "text" }, { other: 1, custom: "text" }],
  ])("%s", (_, metadata, want) => {
    expect(entryOf({ tags: [], ...(metadata !== undefined && { metadata }) }).entry.metadata).toEqual(want);
  });

  it.each(packed)("is bytes with padding, of %j", (map, $bytes) => {
    const record = at("entry", {
      $type: `${nsid}.entry`,
      name: "points",
      schemaRef,
      storage: { $type: `${nsid}.storageBlobs`, blobs: [{ blob }] },
      createdAt,
    });
    expect(entryFromRecord({ ...record, value: { ...record.value, metadata: { $bytes } } }).entry.metadata).toEqual(
      map,
    );
  });

  it.each<[string, unknown]>([
    ["text", "text"],
    ["msgpack that is no map", { $bytes: "AQ" }],
    ["no msgpack", { $bytes: "wQ" }],
    ["two maps", { $bytes: "gIA" }],
    ["no base64", { $bytes: "!" }],
  ])("is refused where it is %s", (_, metadata) => {
    expect(() => entryOf({ metadata })).toThrow(
      expect.objectContaining({
        code: "RECORD_INVALID",
        fields: expect.objectContaining({ uri: `at://${did}/${nsid}.entry/3k` }),
      }),
    );
  });

  it("has what stands in other fields of the record", () => {
    const { entry } = entryOf({
      tags: ["a"],
      description: "Points.",
      license: "MIT",
      size: { samples: 3, bytes: 10, shards: 1 },
      contentMetadata: { camera: { id: 7, key: { $bytes: "AAE" } } },
      metadataSchemaRef: schemaRef,
    });
    expect(entryDetails(entry)).toEqual({
      shards: [{ url: "https://example.com/d.tar" }],
      tags: ["a"],
      description: "Points.",
      license: "MIT",
      samples: 3,
      bytes: 10,
      content: { camera: { id: 7, key: Uint8Array.of(0, 1) } },
    });
  });
});

const url = `at://${did}/blob/${cid}`;
const checksum = { algorithm: "sha256", digest };
const http = (...urls: string[]) => ({
  $type: `${nsid}.storageHttp`,
  shards: urls.map((each) => ({ url: each, checksum: none })),
});

describe("the storage of an entry's record", () => {
  it.each<[string, JsonRecord, readonly string[], unknown]>([
    ["blobs", { $type: `${nsid}.storageBlobs`, blobs: [{ blob, checksum }] }, [url], { [url]: digest }],
    ["blobs without checksums", { $type: `${nsid}.storageBlobs`, blobs: [{ blob }] }, [url], undefined],
    [
      "http",
      {
        $type: `${nsid}.storageHttp`,
        shards: [{ url: "https://example.com/d.tar", checksum: { algorithm: "sha256", digest: digest.toUpperCase() } }],
      },
      ["https://example.com/d.tar"],
      { "https://example.com/d.tar": digest },
    ],
    [
      "http without checksums",
      http("http://example.com/a.tar", "http://example.com/a.tar"),
      ["http://example.com/a.tar", "http://example.com/a.tar"],
      undefined,
    ],
    [
      "http with braces",
      http("https://example.com/d-{0..1}.tar"),
      ["https://example.com/d-0.tar", "https://example.com/d-1.tar"],
      undefined,
    ],
    [
      "another hash",
      {
        $type: `${nsid}.storageHttp`,
        shards: [{ url: "https://example.com/d.tar", checksum: { algorithm: "md5", digest: "00" } }],
      },
      ["https://example.com/d.tar"],
      undefined,
    ],
    ["urls of an account", http(url), [url], undefined],
    ["urls of S3", http("s3://bucket/d.tar"), ["s3://bucket/d.tar"], undefined],
    [
      "s3",
      { $type: `${nsid}.storageS3`, bucket: "b", region: "eu", shards: [{ key: "a/d {0..1}.tar", checksum: none }] },
      ["s3://b/a/d {0..1}.tar"],
      undefined,
    ],
    [
      "s3 with a server",
      {
        $type: `${nsid}.storageS3`,
        bucket: "b",
        endpoint: "https://s3.example.com",
        shards: [{ key: "a/d.tar", checksum }],
      },
      ["https://s3.example.com/b/a/d.tar"],
      { "https://s3.example.com/b/a/d.tar": digest },
    ],
    [
      "external",
      { $type: `${nsid}.storageExternal`, urls: ["https://example.com/{a,b}.tar", "s3://c/d.tar"] },
      ["https://example.com/a.tar", "https://example.com/b.tar", "s3://c/d.tar"],
      undefined,
    ],
  ])("is %s", (_, storage, urls, checksums) => {
    const { entry } = entryOf({ storage });
    expect(entry.dataUrls).toEqual(urls);
    expect(entry.metadata?.checksums).toEqual(checksums);
    expect(entryDetails(entry).shards.map((shard) => shard.url)).toEqual(urls);
  });

  it("tells the blobs of shards and of their manifests, by url", () => {
    const header = { ...blob, ref: { $link: blobCid(Uint8Array.of(2)) }, mimeType: "application/json", size: 7 };
    const storage = { $type: `${nsid}.storageBlobs`, blobs: [{ blob }] };
    expect(Object.fromEntries(entryOf({ storage, manifests: [{ header }] }).blobs)).toEqual({
      [url]: { cid, size: 10_240 },
      [`${url}.manifest.json`]: { cid: header.ref.$link, size: 7 },
    });
  });

  it.each<[string]>([["file:///etc/passwd"], ["pipe:cat"], ["ftp://example.com/d.tar"], ["data:text/plain,x"]])(
    "is refused where a url is %s",
    (wrong) => {
      for (const storage of [
        http("https://example.com/d.tar", wrong),
        { $type: `${nsid}.storageExternal`, urls: [wrong] },
      ]) {
        expect(() => entryOf({ storage })).toThrow(
          expect.objectContaining({
            code: "URL_REFUSED",
            fields: expect.objectContaining({ uri: `at://${did}/${nsid}.entry/3k` }),
          }),
        );
      }
    },
  );

  it.each<[string, JsonRecord]>([
    ["is of no known kind", { $type: "com.example.storage", shards: [] }],
    ["has no kind", { shards: [] }],
    ["has braces without end", http("https://example.com/{a")],
    ["has no shards", http()],
    ["has a shard without a place", { $type: "com.example.storageHttp", shards: [{}] }],
    ["has no blob", { $type: "com.example.storageBlobs", blobs: [{ blob: {} }] }],
  ])("is refused where it %s", (_, storage) => {
    expect(() => entryOf({ storage })).toThrow(expect.objectContaining({ code: "RECORD_INVALID" }));
  });
});

describe("the names of files in an entry's record", () => {
  const storage = { $type: `${nsid}.storageBlobs`, blobs: [{ blob }] };
  it.each<[unknown]>([[["a/b"]], [[""]], [["a", "b"]], ["{a,b}"], ["{"], [[5]], [5], [["x".repeat(600)]]])(
    "are passed over where they are %j",
    (names) => {
      const $bytes = Buffer.from(encodeDynamic({ atdata: { names } })).toString("base64");
      expect(entryOf({ storage, metadata: { $bytes } }).entry.dataUrls).toEqual([url]);
    },
  );
});

describe("times of records", () => {
  it.each<[string, string]>([
    ["2026-02-03T04:05:06.123456+00:00", "2026-02-03T04:05:06.123456+00:00"],
    ["2026-02-03T04:05:06+00:00", "2026-02-03T04:05:06+00:00"],
    ["2026-02-03T04:05:06.123Z", "2026-02-03T04:05:06.123Z"],
    ["2026-02-03T04:05:06.1+02:00", "2026-02-03T02:05:06.100000+00:00"],
  ])("%s is %s", (text, want) => {
    expect(entryOf({ createdAt: text }).entry.createdAt).toBe(want);
  });
});

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
    const record = at(
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
    const record = at("schema", {
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
    const newer = at("schema", { ...record.value, schema: flat, atdataSchemaVersion: 2 });
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
    expect(labelFromRecord(at("label", { ...plain, ...more }))).toEqual({ name: "points", id, createdAt, ...want });
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
    expect(lensFromRecord(at("lens", { ...plain, ...more }))).toEqual({
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
    const record = at("lensVerification", { $type: `${nsid}.lensVerification`, ...plain, ...more });
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
      const record = at(collection, $type === undefined ? {} : { $type });
      expect(() => read(record)).toThrow(
        expect.objectContaining({
          code: "RECORD_TYPE",
          fields: expect.objectContaining({ uri: record.uri, want: `${nsid}.${collection}` }),
        }),
      );
    }
    expect(() => read(at(collection, { $type: `${nsid}.${collection}` }))).toThrow(
      expect.objectContaining({ code: "RECORD_INVALID" }),
    );
  });

  it("raises nothing but errors of this library", () => {
    const good: Record<keyof typeof readers, JsonRecord> = {
      entry: {
        name: "d",
        schemaRef,
        storage: http("https://example.com/d.tar"),
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
      expect(() => read(at(collection, value))).not.toThrow();
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
            read(at(collection, { ...value, [key]: wrong }));
          } catch (error) {
            expect(error).toMatchObject({ name: "AtdataError" });
          }
        }),
      );
    }
  });
});

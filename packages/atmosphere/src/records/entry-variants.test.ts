import { encodeDynamic, entryDetails } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { recordIn } from "../../tests/repository-form.ts";
import { blobCid } from "../blobs/cid.ts";
import type { JsonRecord } from "../client/repo-client.ts";
import { entryFromRecord } from "./entry-from-record.ts";

const did = "did:plc:abc";
const nsid = "science.alt.dataset";
const createdAt = "2026-02-03T04:05:06.123456+00:00";
const schemaRef = `at://${did}/${nsid}.schema/3k`;
const cid = blobCid(Uint8Array.of(1));
const blob = { $type: "blob", ref: { $link: cid }, mimeType: "application/x-tar", size: 10_240 };
const digest = "ab".repeat(32);
const none = { algorithm: "none", digest: "" };

function entryOf(more: JsonRecord) {
  const storage = { $type: `${nsid}.storageHttp`, shards: [{ url: "https://example.com/d.tar", checksum: none }] };
  return entryFromRecord(
    recordIn("entry", { $type: `${nsid}.entry`, name: "points", schemaRef, storage, createdAt, ...more }),
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
    const record = recordIn("entry", {
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
        shards: [{ url: "https://example.com/d.tar", checksum: { algorithm: "sha3-256", digest } }],
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

  it.each<[string]>([
    ["file:///etc/passwd"],
    ["pipe:cat"],
    ["ftp://example.com/d.tar"],
    ["data:text/plain,x"],
    ["{file,http}://example.com/d.tar"],
    ["/etc/{a,b}"],
  ])("is refused where a url is %s", (wrong) => {
    for (const storage of [
      http("https://example.com/d.tar", wrong),
      { $type: `${nsid}.storageExternal`, urls: [wrong] },
      { $type: `${nsid}.storageS3`, bucket: "b", endpoint: wrong, shards: [{ key: "k", checksum: none }] },
      { $type: "com.example.storageHttp", shards: [{ url: wrong }] },
    ]) {
      expect(() => entryOf({ storage })).toThrow(
        expect.objectContaining({
          code: "URL_REFUSED",
          fields: expect.objectContaining({ uri: `at://${did}/${nsid}.entry/3k` }),
        }),
      );
    }
  });

  it.each<[string, JsonRecord]>([
    ["is of no known kind", { $type: "com.example.storage", shards: [] }],
    ["has no kind", { shards: [] }],
    ["has braces without end", http("https://example.com/{a")],
    ["has no shards", http()],
    ["has braces that come to too many together", http("https://a.b/{0..99999}", "https://a.b/c")],
    ["has too many urls", { $type: `${nsid}.storageExternal`, urls: ["https://a.b/{0..99999}", "https://a.b/c"] }],
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

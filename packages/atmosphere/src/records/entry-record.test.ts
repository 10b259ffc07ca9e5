import type { NewEntry } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromRepository, recordAt } from "../../tests/repository-form.ts";
import { blobUrl, fileUrl } from "../blobs/blob-urls.ts";
import { blobCid } from "../blobs/cid.ts";
import type { BlobRef, JsonRecord } from "../client/repo-client.ts";
import { entryFromRecord } from "./entry-from-record.ts";
import { type EntryToRecordOptions, entryToRecord } from "./entry-to-record.ts";
import type { PublishedFile } from "./storage-to-record.ts";

const did = "did:plc:abc";
const schemaRef = `at://${did}/science.alt.dataset.schema/Digit:1.0.0`;
const createdAt = "2026-02-03T04:05:06.123456+00:00";
const sum = (digit: string) => digit.repeat(64);

const cids = [0, 1, 2, 3].map((i) => blobCid(Uint8Array.of(i)));

function blob(i: number, mimeType = "application/x-tar"): BlobRef {
  return { $type: "blob", ref: { $link: cids[i % cids.length] as string }, mimeType, size: 10_240 + i };
}

function written(entry: Partial<NewEntry>, more: Partial<EntryToRecordOptions> = {}): JsonRecord {
  const given = { name: "d", schemaRef, dataUrls: ["https://example.com/d.tar"], ...entry };
  return entryToRecord(given, { createdAt, files: () => undefined, ...more });
}

function readBack(record: JsonRecord) {
  return entryFromRecord(recordAt(`at://${did}/science.alt.dataset.entry/3k`, fromRepository(record)));
}

/** Any metadata that msgpack keeps: it has no −0. */
const json = (() => {
  const leaf = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 8 }),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
    ),
  }));
  return value.map((each) => (Object.is(each, -0) ? 0 : each));
})();

const urls = fc.array(fc.stringMatching(/^https:\/\/example\.com\/[a-z{},.0-9\\]{1,6}$/), {
  minLength: 1,
  maxLength: 4,
});

/** Metadata of core's form, of a similar form, and of none. */
function metadataOf(dataUrls: readonly string[]) {
  const given = <T>(arb: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: arb }, { weight: 1, arbitrary: json });
  const atdata = fc.record(
    {
      version: given(fc.constant(1)),
      samples: given(fc.nat()),
      bytes: given(fc.nat()),
      shards: fc.array(fc.record({ samples: fc.nat(), bytes: fc.nat() })),
      content: given(
        fc.dictionary(fc.stringMatching(/^[a-z$]{1,3}$/), fc.oneof(fc.maxSafeInteger(), fc.string(), fc.uint8Array())),
      ),
      names: json,
      whole: json,
    },
    { requiredKeys: [] },
  );
  const metadata = fc.record(
    {
      checksums: given(
        fc.subarray([...new Set(dataUrls)]).map((some) => Object.fromEntries(some.map((url) => [url, sum("a")]))),
      ),
      tags: given(fc.array(fc.string())),
      description: given(fc.string({ unit: "grapheme" })),
      license: given(fc.string({ maxLength: 250 })),
      atdata: given(atdata),
      more: json,
    },
    { requiredKeys: [] },
  );
  return fc.option(fc.oneof(metadata, fc.dictionary(fc.string(), json)), { nil: undefined });
}

describe("an entry over urls", () => {
  it("comes back from its record as it was", () => {
    const entry = urls.chain((dataUrls) =>
      fc.record({
        name: fc.string({ maxLength: 50 }),
        schemaRef: fc.constant(schemaRef),
        dataUrls: fc.constant(dataUrls),
        metadata: metadataOf(dataUrls),
      }),
    );
    fc.assert(
      fc.property(entry, ({ metadata, ...rest }) => {
        const given = { ...rest, ...(metadata !== undefined && { metadata }) };
        let record: JsonRecord;
        try {
          record = written(given);
        } catch (error) {
          // A float or the like in what records hold as JSON.
          expect(error).toMatchObject({
            code: "RECORD_INVALID",
            fields: { field: expect.stringMatching(/^contentMetadata/) },
          });
          return;
        }
        const { id, createdAt: time, ...held } = readBack(record).entry;
        expect(held).toEqual(given);
        expect([id, time]).toEqual([`at://${did}/science.alt.dataset.entry/3k`, createdAt]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("an entry over files of the repository", () => {
  const names = fc.array(
    fc.oneof(
      fc.stringMatching(/^d-00000[0-9]\.tar$/),
      fc.stringMatching(/^[^/]{1,5}$/u),
      fc.stringMatching(/^[a{},.0-9\\]{1,6}$/),
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  );

  it("comes back with the urls of its files, and with what the record itself knows of them", () => {
    const entry = names.chain((some) => {
      const dataUrls = some.map((name) => fileUrl(did, name));
      return fc.record({ dataUrls: fc.constant(dataUrls), metadata: metadataOf(dataUrls) });
    });
    fc.assert(
      fc.property(entry, ({ dataUrls, metadata }) => {
        let record: JsonRecord;
        try {
          record = written({ dataUrls, metadata }, { files: () => ({ blob: blob(0) }) });
        } catch (error) {
          expect(error).toMatchObject({
            code: "RECORD_INVALID",
            fields: { field: expect.stringMatching(/^contentMetadata/) },
          });
          return;
        }
        const { entry: held, blobs } = readBack(record);
        expect(held.dataUrls).toEqual(dataUrls);
        expect(held.metadata).toEqual(metadata);
        expect([...blobs.keys()]).toEqual([...new Set(dataUrls)]);
      }),
      { numRuns: 150 },
    );
  });

  it("tells which blobs its shards and their manifests are, and the hashes that were not given", () => {
    const dataUrls = [fileUrl(did, "d-0.tar"), blobUrl(did, cids[1] as string)];
    const file = (i: number): PublishedFile => ({
      blob: blob(i),
      sha256: sum(String(i)),
      manifest: { header: blob(2, "application/json"), samples: blob(3, "application/octet-stream") },
    });
    const record = written({ dataUrls }, { files: (url) => file(dataUrls.indexOf(url)) });
    expect(record).toMatchObject({
      storage: {
        $type: "science.alt.dataset.storageBlobs",
        blobs: [0, 1].map((i) => ({ blob: blob(i), checksum: { algorithm: "sha256", digest: sum(String(i)) } })),
      },
      manifests: [{ header: blob(2, "application/json") }, { samples: blob(3, "application/octet-stream") }],
    });
    const { entry, blobs } = readBack(record);
    expect(entry.dataUrls).toEqual(dataUrls);
    expect(Object.fromEntries(blobs)).toEqual({
      [dataUrls[0] as string]: { cid: cids[0], size: 10_240 },
      [fileUrl(did, "d-0.manifest.json")]: { cid: cids[2], size: 10_242 },
      [fileUrl(did, "d-0.manifest.parquet")]: { cid: cids[3], size: 10_243 },
      [dataUrls[1] as string]: { cid: cids[1], size: 10_241 },
      [`${dataUrls[1]}.manifest.json`]: { cid: cids[2], size: 10_242 },
      [`${dataUrls[1]}.manifest.parquet`]: { cid: cids[3], size: 10_243 },
    });
    const some = written(
      { dataUrls },
      { files: (url) => ({ ...file(0), ...(url === dataUrls[0] && { manifest: undefined }) }) },
    );
    expect(some).not.toHaveProperty("manifests");
  });

  it("has room for the names of thousands of shards", () => {
    const dataUrls = Array.from({ length: 3000 }, (_, i) =>
      fileUrl(did, `digits-0123456789abcdef-${String(i).padStart(6, "0")}.tar`),
    );
    const shards = dataUrls.map(() => ({ samples: 10_000, bytes: 52_428_800 }));
    const checksums = Object.fromEntries(dataUrls.map((url) => [url, sum("0")]));
    const metadata = { checksums, atdata: { version: 1, shards } };
    const record = written({ dataUrls, metadata }, { files: () => ({ blob: blob(0) }) });
    expect((record.metadata as { $bytes: string }).$bytes.length).toBeLessThan(110_000);
    expect(readBack(record).entry).toMatchObject({ dataUrls, metadata });
  });
});

describe("an entry over a bucket", () => {
  it("is told by the urls that everybody can open, where the bucket's server is known", () => {
    const dataUrls = ["s3://open/a/d 0.tar", "s3://open/a/ü?.tar"];
    const metadata = { checksums: { [dataUrls[1] as string]: sum("b") } };
    const plain = written({ dataUrls, metadata }, { publicBuckets: { open: { region: "eu-west-1" } } });
    expect(plain.storage).toMatchObject({
      bucket: "open",
      region: "eu-west-1",
      shards: [{ key: "a/d 0.tar", checksum: { algorithm: "none", digest: "" } }, {}],
    });
    expect(readBack(plain).entry).toMatchObject({ dataUrls, metadata });
    const served = written(
      { dataUrls, metadata },
      { publicBuckets: { open: { endpoint: "https://s3.example.com/" } } },
    );
    const open = ["https://s3.example.com/open/a/d%200.tar", "https://s3.example.com/open/a/%C3%BC%3F.tar"];
    expect(readBack(served).entry).toMatchObject({
      dataUrls: open,
      metadata: { checksums: { [open[1] as string]: sum("b") } },
    });
  });
});

it("metadata that no field of a record holds whole is found there as far as it goes, and comes back whole", () => {
  const tags = [...Array.from({ length: 40 }, (_, i) => `tag ${i}`), "x".repeat(151)];
  const metadata = { tags, description: "y".repeat(5001), license: "ü".repeat(101) };
  const record = written({ metadata });
  expect(record.tags).toEqual(tags.slice(0, 30));
  expect(record).not.toHaveProperty("description");
  expect(readBack(record).entry.metadata).toEqual(metadata);
});

it("content with a key that ATProto takes for its own is kept from it", () => {
  for (const odd of [{ $bytes: "AAAA" }, { $link: "x" }, { $type: "blob" }]) {
    const metadata = { atdata: { version: 1, content: { list: [odd] } } };
    const record = written({ metadata });
    expect(record).not.toHaveProperty("contentMetadata");
    expect(readBack(record).entry.metadata).toEqual(metadata);
  }
});

import type { NewEntry } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { blobUrl, fileKey, fileUrl } from "../src/blobs/blob-urls.ts";
import { blobCid, sha256OfCid } from "../src/blobs/cid.ts";
import { fileToRecord } from "../src/blobs/file-record.ts";
import type { LearnedBlob } from "../src/blobs/recent-blobs.ts";
import type { BlobRef, JsonRecord, RepoWriter } from "../src/client/repo-client.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { repoProvider } from "../src/provider/repo-provider.ts";
import { fakeRepo } from "./fake-repo.ts";

const DID = "did:plc:abcdefghijklmnopqrstuvwx";

function blobOf(text: string): BlobRef {
  const types = { json: "application/json", parquet: "application/octet-stream", tar: "application/x-tar" };
  const mimeType = types[/(?:json|parquet)$/.exec(text)?.[0] as "json" | "parquet"] ?? types.tar;
  const bytes = new TextEncoder().encode(text);
  return { $type: "blob", ref: { $link: blobCid(bytes) }, mimeType, size: bytes.length };
}

async function put(repo: RepoWriter, collection: string, rkey: string, value: JsonRecord): Promise<void> {
  await repo.transact(() => ({ writes: [{ action: "create", collection, rkey, value }], result: () => {} }));
}

/** A repository with these files, each with its name for content. */
async function withFiles(...names: readonly string[]) {
  const repo = fakeRepo(DID);
  for (const name of names) {
    const blob = blobOf(name);
    const sha256 = sha256OfCid(blob.ref.$link) ?? "";
    await put(repo, COLLECTIONS.file, fileKey(name), fileToRecord({ name, blob, sha256 }));
  }
  const learned = new Map<string, LearnedBlob>();
  const learn = (url: string, blob: LearnedBlob): void => void learned.set(url, blob);
  const provider = repoProvider({ reader: async () => repo, writer: async () => repo }, { learn });
  return { repo, provider, learned };
}

function entry(...dataUrls: readonly string[]): NewEntry {
  return { name: "d", schemaRef: `at://${DID}/${COLLECTIONS.schema}/D:1.0.0`, dataUrls };
}

async function recordOf(repo: RepoWriter): Promise<JsonRecord> {
  const [record] = await repo.all(COLLECTIONS.entry);
  return record?.value ?? {};
}

describe("an entry whose shards are files of the account", () => {
  it("has their blobs in its record, and comes back with their urls", async () => {
    const names = ["d-0-000000.tar", "d-0-000001.tar", "gr\u00fc\u00dfe ~ 2.tar"];
    const { repo, provider, learned } = await withFiles(...names);
    const given = entry(...names.map((name) => fileUrl(DID, name)));
    const held = await provider.putEntry(given);
    expect(held.dataUrls).toEqual(given.dataUrls);
    expect(await recordOf(repo)).toMatchObject({
      storage: { blobs: names.map((name) => ({ blob: { ref: { $link: blobOf(name).ref.$link } } })) },
    });
    expect(learned.get(given.dataUrls[0] ?? "")).toEqual({ cid: blobOf("d-0-000000.tar").ref.$link, size: 14 });
    expect((await provider.putEntry({ ...given, metadata: { tags: ["t"] } })).id).toBe(held.id);
    expect(await repo.all(COLLECTIONS.entry)).toHaveLength(1);
  });

  it("names the manifests beside them, when all have one", async () => {
    const sidecars = ["a.manifest.json", "a.manifest.parquet", "b.manifest.json"];
    const { repo, provider, learned } = await withFiles("a.tar", "b.tar", "c.tar", ...sidecars);
    await provider.putEntry(entry(fileUrl(DID, "a.tar"), fileUrl(DID, "b.tar")));
    expect(await recordOf(repo)).toMatchObject({
      manifests: [
        { header: { ref: blobOf("a.manifest.json").ref }, samples: { ref: blobOf("a.manifest.parquet").ref } },
        { header: { ref: blobOf("b.manifest.json").ref } },
      ],
    });
    for (const name of sidecars) expect(learned.get(fileUrl(DID, name))?.cid).toBe(blobOf(name).ref.$link);
    const [first] = await repo.all(COLLECTIONS.entry);
    await provider.deleteEntry(first?.uri ?? "");
    await provider.putEntry(entry(fileUrl(DID, "a.tar"), fileUrl(DID, "c.tar")));
    expect(await recordOf(repo)).not.toHaveProperty("manifests");
  });

  it("is refused when a file is not there, or of another account", async () => {
    const { provider } = await withFiles("a.tar");
    for (const url of [fileUrl(DID, "b.tar"), fileUrl("did:plc:other", "a.tar"), blobUrl(DID, blobOf("z").ref.$link)]) {
      expect(await failure(provider.putEntry(entry(url)))).toMatchObject({ code: "URL_PRIVATE", fields: { url } });
    }
  });
});

describe("an entry of Python's, whose shards are blobs", () => {
  it("is put again with its blobs and manifests", async () => {
    const { repo, provider, learned } = await withFiles();
    const [blob, header] = [blobOf("shard"), blobOf("manifest.json")];
    await put(repo, COLLECTIONS.entry, "3kaaaaaaaaaa2", {
      $type: COLLECTIONS.entry,
      ...{ name: "d", schemaRef: entry().schemaRef, createdAt: "2026-02-03T04:05:06.123456+00:00", tags: [] },
      storage: { $type: "science.alt.dataset.storageBlobs", blobs: [{ blob }] },
      manifests: [{ header }],
    });
    const url = blobUrl(DID, blob.ref.$link);
    const held = await provider.latestEntry("d");
    expect(held?.dataUrls).toEqual([url]);
    expect(learned.get(`${url}.manifest.json`)?.cid).toBe(header.ref.$link);
    const again = await provider.putEntry({ ...entry(url), metadata: { description: "of Python's" } });
    expect(again).toMatchObject({ id: held?.id, dataUrls: [url], metadata: { description: "of Python's" } });
    expect(await recordOf(repo)).toMatchObject({ storage: { blobs: [{ blob }] }, manifests: [{ header }] });
  });
});

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

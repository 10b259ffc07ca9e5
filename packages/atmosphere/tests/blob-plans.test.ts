import { dataStoreCases, type MakeStore, register } from "@atdata/conformance";
import { createHasher } from "@atdata/core";
import { describe, it } from "vitest";
import { blobSource } from "../src/blobs/blob-source.ts";
import { blobStore } from "../src/blobs/blob-store.ts";
import { cidOfSha256 } from "../src/blobs/cid.ts";
import { memoryBlobCache } from "../src/blobs/memory-blob-cache.ts";
import { memoryJournal } from "../src/blobs/memory-journal.ts";
import type { RepoWriter } from "../src/client/repo-client.ts";
import { fakeRepo, type Mishaps } from "./fake-repo.ts";

const DID = "did:plc:abcdefghijklmnopqrstuvwx";

/** A repository in memory with blobs; whether records refer to them is not looked at. */
function repoWithBlobs(mishaps: Mishaps): RepoWriter {
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    ...fakeRepo(DID, mishaps),
    blob: async (cid) => new Response(blobs.get(cid)),
    async uploadBlob(bytes, mimeType) {
      const hasher = createHasher();
      hasher.update(bytes);
      const $link = cidOfSha256(hasher.hex());
      blobs.set($link, new Uint8Array(bytes));
      return { $type: "blob", ref: { $link }, mimeType, size: bytes.length };
    },
    maxBlobBytes: async () => 1 << 20,
  };
}

function storeWith(mishaps: Mishaps): MakeStore {
  return () => {
    const repo = repoWithBlobs(mishaps);
    const cache = memoryBlobCache(1 << 20);
    return blobStore({
      repo,
      source: blobSource({ repo: async () => repo, cache }),
      journal: memoryJournal(),
      cache,
    });
  };
}

describe.each<[string, Mishaps]>([
  ["somebody else was faster", { stale: true }],
  ["the answer was lost", { lost: true }],
])("a store whose plans are asked again because %s", (_, mishaps) => {
  register({ describe, it }, dataStoreCases, storeWith(mishaps));
});

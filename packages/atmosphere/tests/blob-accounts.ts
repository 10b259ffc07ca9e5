import { createHasher, type DataStore } from "@atdata/core";
import { type FaultyPds, faulty, startTestNetwork, type TestAccount } from "@atdata/tooling-atproto";
import { AtpAgent } from "@atproto/api";
import { type BlobSource, blobSource } from "../src/blobs/blob-source.ts";
import { blobStore } from "../src/blobs/blob-store.ts";
import { BlobUploads } from "../src/blobs/blob-uploads.ts";
import { fileKey } from "../src/blobs/blob-urls.ts";
import { fileToRecord } from "../src/blobs/file-record.ts";
import { memoryBlobCache } from "../src/blobs/memory-blob-cache.ts";
import { memoryJournal } from "../src/blobs/memory-journal.ts";
import type { UploadJournal } from "../src/blobs/upload-journal.ts";
import type { RecordWrite, RepoWriter } from "../src/client/repo-client.ts";
import { repoReader } from "../src/client/repo-reader.ts";
import { repoWriter } from "../src/client/repo-writer.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";

const CACHE_BYTES = 64 << 20;

/** An account, and what reads and writes its files. All its requests go through `pds`. */
export interface Account {
  readonly did: string;
  readonly repo: RepoWriter;
  readonly source: BlobSource;
  readonly store: DataStore;
  readonly journal: UploadJournal;
  /** Puts files as somebody else would: straight into the repository. */
  putFiles(files: Readonly<Record<string, Uint8Array>>): Promise<void>;
  /** Makes a store as another process has it, with nothing in its cache, whose length may be another. */
  another(cacheBytes?: number): DataStore;
  /** Closes the account for others. */
  deactivate(): Promise<void>;
  /** Makes a source as somebody else has it. */
  reader(send?: typeof fetch): BlobSource;
}

/** Makes accounts on a PDS, which is reached through a proxy that lets requests go wrong. */
export interface Accounts extends AsyncDisposable {
  readonly pds: FaultyPds;
  open(): Promise<Account>;
}

/** Starts a network for a test file. */
export async function startAccounts(): Promise<Accounts> {
  const network = await startTestNetwork();
  const pds = await faulty(network.pds[0]);
  let count = 0;
  return {
    pds,
    async open() {
      return openAccount(await network.createAccount(network.pds[0], `blobs${++count}`), pds);
    },
    async [Symbol.asyncDispose]() {
      await pds[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}

async function openAccount({ did, handle, password }: TestAccount, pds: FaultyPds): Promise<Account> {
  const agent = new AtpAgent({ service: pds.url });
  await agent.login({ identifier: handle, password });
  const session = {
    did,
    fetchHandler: (path: string, init: RequestInit) => agent.sessionManager.fetchHandler(path, init),
  };
  const identity = { did, handle, pds: pds.url };
  const repo = repoWriter(session, identity);
  const journal = memoryJournal();
  const reader = (send?: typeof fetch): BlobSource => {
    const cache = memoryBlobCache(CACHE_BYTES);
    return blobSource({ repo: async () => repoReader(identity, send === undefined ? {} : { fetch: send }), cache });
  };
  const source = reader();
  const cache = memoryBlobCache(CACHE_BYTES);
  return {
    did,
    repo,
    source,
    journal,
    another(cacheBytes = CACHE_BYTES) {
      return blobStore({ repo, source: reader(), journal, cache: memoryBlobCache(cacheBytes) });
    },
    reader,
    store: blobStore({ repo, source, journal, cache }),
    async deactivate() {
      await agent.com.atproto.server.deactivateAccount({});
    },
    async putFiles(files) {
      const uploads = new BlobUploads({
        repo,
        journal: memoryJournal(),
        cache,
        createHasher,
        maxBytes: () => repo.maxBlobBytes(),
      });
      const collection = COLLECTIONS.file;
      const stored = await Promise.all(Object.entries(files).map(([name, bytes]) => uploads.upload({ name, bytes })));
      await repo.transact(async (state) => {
        const there = new Set((await state.all(collection)).map(({ rkey }) => rkey));
        const writes = stored.map((file): RecordWrite => {
          const rkey = fileKey(file.name);
          return { action: there.has(rkey) ? "update" : "create", collection, rkey, value: fileToRecord(file) };
        });
        return { writes, result: () => undefined };
      });
    },
  };
}

import {
  AtdataError,
  type CallOptions,
  createHasher as createCoreHasher,
  type DataSource,
  type Hasher,
  isAtdataError,
  isGlob,
  listNames,
  type ShardInfo,
} from "@atdata/core";
import type { RepoReader } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { BlobCache } from "./blob-cache.ts";
import { askFor } from "./blob-failures.ts";
import { type BlobInput, BlobStream } from "./blob-stream.ts";
import { fileKey, parseBlobUrl } from "./blob-urls.ts";
import { sha256OfCid } from "./cid.ts";
import { fileFromRecord, tryFileFromRecord } from "./file-record.ts";
import { KEPT_CHUNK_BYTES, KeptReader } from "./kept-reader.ts";
import { type LearnedBlob, RecentBlobs } from "./recent-blobs.ts";
import { WholeBlobs } from "./whole-blobs.ts";

/** What a {@link BlobSource} reads with. */
export interface BlobSourceOptions {
  /** Opens the repository of an account, by DID or handle. */
  repo(authority: string, options?: CallOptions): Promise<RepoReader>;
  /** Keeps the blobs that parts are read of. */
  readonly cache: BlobCache;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
}

/** Reads files and blobs of repositories, by `at://` urls. */
export interface BlobSource extends DataSource {
  /**
   * Says which blob a url stands for, as an entry of the same account tells: such a url needs no record of a file.
   *
   * What was learned long ago, and not used since, may be forgotten.
   */
  learn(url: string, blob: LearnedBlob): void;
}

/**
 * Builds the source of `at://<did>/science.alt.dataset.file/<name>` and `at://<did>/blob/<cid>`, of all accounts.
 *
 * From front to back a blob is streamed, and its CID compared at the end: `BLOB_MISMATCH` then means that nothing that was
 * read is to be trusted. As a PDS gives no parts, for those a blob is fetched whole, checked and kept in the cache; one
 * that has no room there is fetched again for each. `at://<did>/science.alt.dataset.file/` lists an account's shards.
 */
export function blobSource({ repo, cache, createHasher = createCoreHasher }: BlobSourceOptions): BlobSource {
  const whole = new WholeBlobs(cache);
  const learned = new RecentBlobs();
  const seen = new RecentBlobs();

  /** Tells which blob a url stands for now. */
  async function find(url: string, options: CallOptions | undefined): Promise<BlobInput> {
    options?.signal?.throwIfAborted();
    const { authority, kind, name } = parseBlobUrl(url);
    const given = { url, createHasher };
    const told = learned.get(url);
    if (told !== undefined) return { ...given, repo: await repo(authority, options), ...told };
    if (kind === "blob") {
      if (sha256OfCid(name) === undefined) throw missing(url, "no entry that was read tells of this file");
      return { ...given, repo: await repo(authority, options), cid: name, size: seen.get(url)?.size };
    }
    if (name === "") throw missing(url, "this is a folder");
    const reader = await repo(authority, options);
    const record = await askFor(url, () => reader.get(COLLECTIONS.file, fileKey(name), options));
    if (record === undefined) throw missing(url, "the account has no file of this name");
    const { blob } = fileFromRecord(record);
    const found = { cid: blob.ref.$link, size: blob.size };
    seen.set(url, found);
    return { ...given, repo: reader, ...found };
  }

  /** Tells which blob a url stood for when it was last looked for, so that ranges need no look each. */
  async function findAgain(url: string, options: CallOptions | undefined): Promise<BlobInput> {
    const before = seen.get(url);
    if (before === undefined) return find(url, options);
    return { repo: await repo(parseBlobUrl(url).authority, options), url, createHasher, ...before };
  }

  return {
    name: "atproto",
    schemes: ["at"],
    capabilities: { range: true, local: false },
    learn: (url, blob) => learned.set(url, blob),
    async *list(ref, options) {
      options?.signal?.throwIfAborted();
      const { authority, kind, name } = parseBlobUrl(ref);
      if (kind === "blob" || (name !== "" && !isGlob(name))) yield { url: ref };
      else yield* listFiles(await repo(authority, options), ref, name, options);
    },
    async open(url, options) {
      const start = options?.start ?? 0;
      const blob = await find(url, options);
      const first = await whole.kept(blob.cid, start, KEPT_CHUNK_BYTES, options);
      if (first !== undefined || start > 0) return new KeptReader(whole, blob, first, options);
      const stream = new BlobStream(blob, options?.signal);
      await stream.connect();
      return stream;
    },
    async read(url, offset, length, options) {
      options?.signal?.throwIfAborted();
      const blob = await findAgain(url, options);
      return length === 0 ? new Uint8Array() : whole.read(blob, offset, length, options);
    },
    async size(url, options) {
      try {
        const blob = await find(url, options);
        const size = blob.size ?? (await whole.size(blob, options));
        seen.set(url, { cid: blob.cid, size });
        return size;
      } catch (error) {
        if (isAtdataError(error, "NOT_FOUND")) return undefined;
        throw error;
      }
    },
  };
}

async function* listFiles(
  repo: RepoReader,
  ref: string,
  name: string,
  options: CallOptions | undefined,
): AsyncGenerator<ShardInfo> {
  const files = new Map<string, { readonly length: number; readonly sha256: string }>();
  for (const record of await askFor(ref, () => repo.all(COLLECTIONS.file, options))) {
    const file = tryFileFromRecord(record);
    if (file !== undefined) files.set(file.name, { length: file.blob.size, sha256: file.sha256 });
  }
  const folder = ref.endsWith(`/${COLLECTIONS.file}`) ? `${ref}/` : ref;
  for (const shard of listNames(folder, name, files)) {
    yield { ...shard, sha256: files.get(shard.url.slice(folder.length - name.length))?.sha256 };
  }
}

function missing(url: string, clause: string): AtdataError {
  return new AtdataError("NOT_FOUND", clause, { url });
}

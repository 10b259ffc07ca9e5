import {
  type CallOptions,
  createHasher as createCoreHasher,
  type DataSource,
  type DataStore,
  datasetExists,
  datasetFile,
  type Hasher,
  requirePlainName,
} from "@atdata/core";
import type { RepoWriter } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { BlobCache } from "./blob-cache.ts";
import { BlobUploads } from "./blob-uploads.ts";
import { fileKey, fileUrl } from "./blob-urls.ts";
import { BlobWrite } from "./blob-write.ts";
import { FileRecords } from "./file-records.ts";
import { readFile } from "./read-file.ts";
import type { UploadJournal } from "./upload-journal.ts";

/** The lexicon of entries lets no blob be longer, whatever a PDS takes. */
const LEXICON_BYTES = 52_428_800;

/** What a blob store works with. */
export interface BlobStoreOptions {
  /** The repository that it keeps its files in. */
  readonly repo: RepoWriter;
  /** Reads `at://` urls. */
  readonly source: DataSource;
  /** Knows what was uploaded before. */
  readonly journal: UploadJournal;
  /** Keeps what the journal knows until the PDS has proved to have it; the source's cache will do. */
  readonly cache: BlobCache;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
}

/**
 * Builds a store that keeps files as blobs of an account, each with a record that tells its name.
 *
 * Blobs are uploaded while a dataset is written, one at a time, and nobody sees them before the commit writes their records:
 * in one commit of the repository where they are 200 at the most, otherwise in several, of which that with
 * `<dataset>.dataset.json` is the last. Of several writers of one name one wins, and the others remove what they wrote.
 * What is left without a record, as after an abort, is dropped by the PDS in time.
 *
 * A blob that the journal knows is not sent again. If the PDS turns out at the commit not to have it any more, it is sent
 * then, out of the cache; what is no longer there is `PDS_FAILED`, and the next run sends it.
 */
export function blobStore(options: BlobStoreOptions): DataStore {
  const { repo, source, journal, cache, createHasher = createCoreHasher } = options;
  const { did } = repo.identity;
  const uploads = new BlobUploads({ repo, journal, cache, createHasher, maxBytes });
  const files = new FileRecords(repo, uploads);
  const url = (name: string): string => fileUrl(did, name);

  async function maxBytes(options?: CallOptions): Promise<number> {
    return Math.min(LEXICON_BYTES, await repo.maxBlobBytes(options));
  }

  async function isThere(name: string, options: CallOptions | undefined): Promise<boolean> {
    return (await repo.get(COLLECTIONS.file, fileKey(name), options)) !== undefined;
  }

  return {
    name: "atproto",
    source,
    published: true,
    maxFileBytes: maxBytes,
    url,
    async begin(dataset, options) {
      const { overwrite = false, signal } = options ?? {};
      signal?.throwIfAborted();
      const last = datasetFile(dataset);
      requirePlainName(last);
      if (!overwrite && (await isThere(last, { signal }))) throw datasetExists(dataset);
      return new BlobWrite({ did, dataset, overwrite, signal, uploads, files, source, url });
    },
    async get(name, options) {
      options?.signal?.throwIfAborted();
      requirePlainName(name);
      return readFile(source, url(name), options);
    },
    async create(name, bytes, options) {
      options?.signal?.throwIfAborted();
      requirePlainName(name);
      if (await isThere(name, options)) return false;
      const file = await uploads.upload({ name, bytes: bytes.slice() }, options);
      return files.create(file, options);
    },
    async delete(name, options) {
      options?.signal?.throwIfAborted();
      requirePlainName(name);
      return (await files.remove([name], options)) > 0;
    },
  };
}

import {
  type CallOptions,
  type DataSource,
  datasetExists,
  datasetFile,
  filesOfDataset,
  isAtdataError,
  requirePlainName,
  type ShardSink,
  type StoreWrite,
  type TokenNames,
  tokenNames,
  writeEnded,
} from "@atdata/core";
import type { RepoRecord } from "../client/repo-client.ts";
import { BlobSink } from "./blob-sink.ts";
import type { BlobUploads } from "./blob-uploads.ts";
import { blobUrl } from "./blob-urls.ts";
import { type StoredFile, tryFileFromRecord } from "./file-record.ts";
import { type FileRecords, MOST_WRITES } from "./file-records.ts";
import { readFile } from "./read-file.ts";

/** What a write needs to know. */
export interface BlobWriteInput {
  /** DID of the account. */
  readonly did: string;
  /** Stem of the dataset. */
  readonly dataset: string;
  /** Whether a dataset of that name is replaced. */
  readonly overwrite: boolean;
  /** Ends what is being sent. */
  readonly signal: AbortSignal | undefined;
  /** Sends blobs. */
  readonly uploads: BlobUploads;
  /** Writes their records. */
  readonly files: FileRecords;
  /** Reads what is there. */
  readonly source: DataSource;
  /** Tells the url of a name. */
  url(name: string): string;
}

/**
 * One dataset that is written into a repository: all its files are blobs that nobody can fetch before the commit writes their
 * records. Their names have a token of this write, so that only `dataset.json` is fought for.
 */
export class BlobWrite implements StoreWrite {
  readonly #input: BlobWriteInput;
  readonly #names: TokenNames;
  readonly #stored: StoredFile[] = [];
  readonly #taken = new Set<string>();
  #sink: BlobSink | undefined;
  #ending: Promise<void> | undefined;

  /** Sends nothing yet. */
  constructor(input: BlobWriteInput) {
    this.#input = input;
    this.#names = tokenNames(input.dataset);
  }

  async shard(asked: string): Promise<ShardSink> {
    if (this.#sink?.isOpen) throw new TypeError("close the open shard before the next");
    const name = this.#take("shard", asked);
    const { url, uploads, signal } = this.#input;
    const maxBytes = await uploads.maxBytes({ signal });
    this.#sink = new BlobSink({
      name,
      url: url(name),
      maxBytes,
      hasher: uploads.startHash(),
      store: async (content) => {
        this.#requireOpen("close");
        this.#stored.push(await uploads.upload(content, { signal }));
      },
    });
    return this.#sink;
  }

  async put(asked: string, bytes: Uint8Array): Promise<string> {
    const name = this.#take("put", asked);
    const { uploads, signal } = this.#input;
    this.#stored.push(await uploads.upload({ name, bytes: bytes.slice() }, { signal }));
    return name;
  }

  commit(bytes: Uint8Array): Promise<void> {
    if (this.#ending === undefined && this.#sink?.isOpen) {
      return Promise.reject(new TypeError("close the open shard before the commit"));
    }
    this.#ending ??= this.#commit(bytes.slice());
    return this.#ending;
  }

  abort(): Promise<void> {
    this.#sink?.discard();
    this.#ending ??= Promise.resolve();
    // A commit that failed has said so itself; giving up after it is no second failure.
    return this.#ending.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #commit(bytes: Uint8Array): Promise<void> {
    const { dataset, overwrite, uploads, files, signal } = this.#input;
    const name = datasetFile(dataset);
    const last = await uploads.upload({ name, bytes }, { signal });
    const before = this.#stored.length < MOST_WRITES ? [] : this.#stored;
    if (before.length > 0) await this.#add(before);
    signal?.throwIfAborted();
    try {
      // From here on nothing stops it: whether it was done must be known.
      await files.commit(before.length > 0 ? [] : this.#stored, last, async (old) => {
        if (!overwrite) throw datasetExists(dataset);
        return this.#filesOf(old);
      });
    } catch (error) {
      // It may be there: then it must not name what is gone. Nobody is harmed by shards that nobody names.
      if (!isUncertain(error)) await this.#discard(before);
      throw error;
    }
  }

  /** Writes the records that have no room in one commit with the last one. */
  async #add(before: readonly StoredFile[]): Promise<void> {
    const { dataset, overwrite, files, source, url, signal } = this.#input;
    try {
      const options: CallOptions = { signal };
      const there = !overwrite && (await source.size?.(url(datasetFile(dataset)), options)) !== undefined;
      if (there) throw datasetExists(dataset);
      await files.add(before, options);
    } catch (error) {
      await this.#discard(before);
      throw error;
    }
  }

  async #discard(before: readonly StoredFile[]): Promise<void> {
    if (before.length === 0) return;
    await this.#input.files.remove(before.map(({ name }) => name)).catch(() => 0);
  }

  /** Tells the names of the files of the dataset that is there. */
  async #filesOf(old: RepoRecord): Promise<string[]> {
    const { did, dataset, source } = this.#input;
    const cid = tryFileFromRecord(old)?.blob.ref.$link;
    const bytes = cid === undefined ? undefined : await readFile(source, blobUrl(did, cid), {});
    return bytes === undefined ? [] : filesOfDataset(dataset, bytes);
  }

  #take(operation: string, asked: string): string {
    this.#requireOpen(operation);
    requirePlainName(asked);
    const name = this.#names.place(asked);
    requirePlainName(name);
    if (this.#taken.has(name) || name === datasetFile(this.#input.dataset)) {
      throw new TypeError(`${asked} was written before, or is the commit's`);
    }
    this.#taken.add(name);
    return name;
  }

  #requireOpen(operation: string): void {
    if (this.#ending !== undefined) throw writeEnded(operation);
  }
}

/** Tells whether something may have been done all the same. */
function isUncertain(error: unknown): boolean {
  if (!isAtdataError(error)) return true;
  return isAtdataError(error, "PDS_FAILED") && (error.fields.status ?? 500) >= 500;
}

import {
  AtdataError,
  baseName,
  datasetExists,
  datasetFile,
  filesOfDataset,
  requirePlainName,
  type ShardSink,
  type StoreWrite,
  type TokenNames,
  tokenNames,
  writeEnded,
} from "@atdata/core";
import type { S3ClientLike } from "./s3-client.ts";
import { isUncertain } from "./s3-errors.ts";
import { deleteObject, getObject, putObjectIf } from "./s3-object.ts";
import { objectSize } from "./s3-source.ts";
import { S3Upload } from "./s3-upload.ts";

/** Requests at the same time. */
const PARALLEL = 8;

/** What a write needs to know. */
export interface S3WriteInput {
  readonly client: S3ClientLike;
  /** Stem of the dataset. */
  readonly dataset: string;
  /** Whether a dataset of that name is replaced. */
  readonly overwrite: boolean;
  /** Ends what is being sent. */
  readonly signal: AbortSignal | undefined;
  /** Gives the url of a name. */
  url(name: string): string;
}

/**
 * One dataset that is written into a bucket: all files are uploads in parts, which nobody sees before the commit makes
 * objects of them. Their names have a token of this write, so that only `dataset.json` is fought for.
 */
export class S3Write implements StoreWrite {
  readonly #input: S3WriteInput;
  readonly #names: TokenNames;
  readonly #uploads = new Map<string, S3Upload>();
  #shard: S3Upload | undefined;
  #ending: Promise<void> | undefined;

  /** Starts nothing yet. */
  constructor(input: S3WriteInput) {
    this.#input = input;
    this.#names = tokenNames(input.dataset);
  }

  async shard(name: string): Promise<ShardSink> {
    if (this.#shard?.isOpen) throw new TypeError("close the open shard before the next");
    this.#shard = await this.#open("shard", name);
    return this.#shard;
  }

  async put(name: string, bytes: Uint8Array): Promise<string> {
    const upload = await this.#open("put", name);
    await upload.write(bytes);
    return baseName((await upload.close()).url);
  }

  commit(bytes: Uint8Array): Promise<void> {
    if (this.#ending === undefined && this.#shard?.isOpen) {
      return Promise.reject(new TypeError("close the open shard before the commit"));
    }
    this.#ending ??= this.#commit(bytes.slice());
    return this.#ending;
  }

  abort(): Promise<void> {
    this.#ending ??= this.#discard();
    // A commit that failed has said so itself; giving up after it is no second failure.
    return this.#ending.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #commit(bytes: Uint8Array): Promise<void> {
    const { client, dataset, overwrite, url } = this.#input;
    const last = url(datasetFile(dataset));
    try {
      const taken = !overwrite && (await objectSize(client, last)) !== undefined;
      if (taken) throw datasetExists(datasetFile(dataset));
      await inParallel(this.#uploads.values(), (upload) => upload.complete());
    } catch (error) {
      await this.#discard();
      throw error;
    }
    let old: Uint8Array | undefined;
    try {
      old = await this.#putLast(last, bytes);
    } catch (error) {
      // It may be there, or come yet: then it must not name what is gone. Nobody is harmed by shards that nobody names.
      if (!isUncertain(error)) await this.#discard();
      throw error;
    }
    const replaced = old === undefined ? [] : filesOfDataset(dataset, old);
    // The new dataset is there; what is left of the old one is no failure of it.
    await inParallel(replaced, (name) => deleteObject(client, url(name)).catch(() => {}));
  }

  /** Creates or replaces `dataset.json`; gives what was there. */
  async #putLast(last: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const { client, dataset, overwrite } = this.#input;
    let refused: { readonly etag: string | undefined } | undefined;
    for (;;) {
      const old = overwrite ? await getObject(client, last) : undefined;
      if (old !== undefined && refused !== undefined && old.etag === refused.etag) {
        throw new AtdataError("IO_ERROR", "the server takes no condition for replacing the object", { url: last });
      }
      if (await putObjectIf(client, last, bytes, old?.etag)) return old?.bytes;
      if (!overwrite) throw datasetExists(datasetFile(dataset));
      refused = old;
    }
  }

  async #open(operation: string, asked: string): Promise<S3Upload> {
    if (this.#ending !== undefined) throw writeEnded(operation);
    requirePlainName(asked);
    const name = this.#names.place(asked);
    requirePlainName(name);
    if (this.#uploads.has(name) || name === datasetFile(this.#input.dataset)) {
      throw new TypeError(`${asked} was written before, or is the commit's`);
    }
    const { client, url, signal } = this.#input;
    const upload = new S3Upload(client, url(name), signal);
    this.#uploads.set(name, upload);
    return upload.open();
  }

  async #discard(): Promise<void> {
    await inParallel(this.#uploads.values(), (upload) => upload.discard());
    this.#uploads.clear();
  }
}

/** Does something with all items, a few at a time; after a failure it begins no more, and waits for the rest. */
async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = left.next(); !next.done && failure === undefined; next = left.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}

import { type DatasetFileShard, formatDatasetFile } from "../dataset/dataset-file.ts";
import { AtdataError } from "../errors.ts";
import type { StoreWrite } from "../protocols/data-store.ts";
import type { ShardWriter } from "../protocols/shard-format.ts";
import type { PluginWriter, SidecarSink } from "../protocols/shard-plugin.ts";
import { baseName } from "../refs/relative-url.ts";
import { schemaToLocal } from "../schema/local-form.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { KeyBook } from "./key-book.ts";
import { ShardOutput } from "./shard-output.ts";
import type { PushWriter, WriterInput, WrittenDataset } from "./writer.ts";

const READY: Promise<void> = Promise.resolve();

/**
 * Starts writing a dataset.
 *
 * @throws AtdataError `DATASET_EXISTS`, or what the store says.
 */
export async function createDatasetWriter<S>(input: WriterInput<S>): Promise<PushWriter<S>> {
  for (const name of ["maxSamples", "maxShardBytes"] as const) {
    const limit = input[name];
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
      throw new RangeError(`${name} must be a whole number from 1 on, got ${limit}`);
    }
  }
  const { store, names, overwrite, signal } = input;
  signal?.throwIfAborted();
  const limit = (await store.maxFileBytes?.({ signal })) ?? Number.POSITIVE_INFINITY;
  const cut = limit < (input.maxShardBytes ?? Number.POSITIVE_INFINITY);
  const cutInput = cut ? { ...input, maxShardBytes: limit } : input;
  const hint = cut ? `store ${store.name} takes no larger files; use another one` : "raise maxShardBytes";
  return new Writer(cutInput, await store.begin(names.dataset, { overwrite, signal }), hint);
}

class Writer<S> implements PushWriter<S> {
  readonly #input: WriterInput<S>;
  readonly #store: StoreWrite;
  readonly #output: ShardOutput;
  readonly #framer: ShardWriter;
  readonly #plugins: readonly PluginWriter[];
  readonly #keys: KeyBook;
  readonly #shards: DatasetFileShard[] = [];
  readonly #names: string[] = [];
  readonly #sidecars: string[] = [];
  readonly #extra: { readonly extra: "error" | "ignore" | undefined };
  /** What to do where a sample fits into no shard. */
  readonly #sizeHint: string;
  #samples = 0;
  #bytes = 0;
  #inShard = 0;
  #busy: Promise<void> | undefined;
  #closed: Promise<WrittenDataset> | undefined;
  #failed: { readonly error: unknown } | undefined;
  #aborted = false;

  constructor(input: WriterInput<S>, store: StoreWrite, sizeHint: string) {
    this.#input = input;
    this.#sizeHint = sizeHint;
    this.#store = store;
    this.#output = new ShardOutput(store);
    this.#framer = input.format.writer();
    this.#keys = new KeyBook(input.keyPrefix ?? "", input.firstKey ?? 0);
    this.#extra = { extra: input.extra };
    const noted = noteSidecars(store, this.#sidecars);
    const { names, type } = input;
    const { published } = input.store;
    const context = { dataset: names.dataset, type: type as SampleType, store: noted, published };
    this.#plugins = (input.plugins ?? []).flatMap((plugin) => plugin.write?.(context) ?? []);
  }

  write(sample: S, options?: { readonly key?: string | undefined }): Promise<void> {
    if (this.#busy !== undefined) return this.#busy.then(() => this.write(sample, options));
    try {
      return this.push(sample, options?.key) ?? READY;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  close(): Promise<WrittenDataset> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async abort(): Promise<void> {
    if (this.#aborted || this.#closed !== undefined) return;
    this.#aborted = true;
    await this.#busy?.catch(() => undefined);
    await this.#output.settle();
    await this.#store.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed === undefined) await this.abort();
    else await this.#closed.catch(() => undefined);
  }

  /** Encodes straight into the output buffer. A promise is given only when a buffer or shard is full. */
  push(sample: S, givenKey?: string, encoded?: Uint8Array): Promise<void> | undefined {
    this.#requireOpen();
    if (this.#closed !== undefined) this.#refuseClosed();
    const { format, type, maxSamples, maxShardBytes } = this.#input;
    const { out } = this.#output;
    const key = givenKey ?? this.#keys.next;
    // A running number is as legal as the first one was.
    if (givenKey !== undefined || this.#samples === 0) format.checkKey(key);
    const start = out.length;
    let payload: number;
    let size: number;
    try {
      this.#framer.begin(out, key);
      payload = out.length;
      if (encoded === undefined) type.codec.write(out, sample, this.#extra);
      else out.append(encoded);
      size = this.#framer.end(out);
      if (maxShardBytes !== undefined) this.#checkSize(key, out.length - start, maxShardBytes);
      this.#keys.use(key, givenKey !== undefined);
    } catch (error) {
      out.length = start;
      throw error;
    }
    const rolls =
      this.#inShard > 0 &&
      (this.#inShard === maxSamples ||
        (maxShardBytes !== undefined && this.#output.bytes + this.#framer.closeBytes > maxShardBytes));
    if (this.#inShard === 0 || rolls) {
      const framed = out.bytes.slice(start, out.length);
      out.length = start;
      return this.#hold(async () => {
        await this.#nextShard();
        this.#output.out.append(framed);
        this.#book(key, sample, payload - start, size);
      });
    }
    this.#book(key, sample, payload, size);
    return this.#output.full ? this.#hold(() => this.#flush()) : undefined;
  }

  /** Runs work that the next write waits for. What fails then ends the writer. */
  #hold(work: () => Promise<void>): Promise<void> {
    const held = work().catch((error: unknown) => {
      this.#failed = { error };
      throw error;
    });
    this.#busy = held.finally(() => {
      this.#busy = undefined;
    });
    this.#busy.catch(() => undefined);
    return this.#busy;
  }

  async #flush(): Promise<void> {
    this.#input.signal?.throwIfAborted();
    await this.#output.flush();
    this.#report();
  }

  async #nextShard(): Promise<void> {
    this.#input.signal?.throwIfAborted();
    const { names, maxSamples, maxShardBytes } = this.#input;
    if (this.#inShard > 0) await this.#endShard();
    const several = maxSamples !== undefined || maxShardBytes !== undefined;
    await this.#output.open(several ? names.numbered(this.#shards.length) : names.single);
  }

  async #endShard(): Promise<void> {
    this.#framer.close(this.#output.out);
    const stored = await this.#output.close();
    this.#shards.push({ ...stored, samples: this.#inShard });
    const name = baseName(stored.url);
    this.#names.push(name);
    this.#bytes += stored.bytes;
    this.#inShard = 0;
    for (const plugin of this.#plugins) await plugin.shardClosed(name, stored);
    this.#report();
  }

  async #finish(): Promise<WrittenDataset> {
    try {
      await this.#busy;
      this.#requireOpen();
      const { names, type, signal, metadata, store } = this.#input;
      signal?.throwIfAborted();
      if (this.#samples === 0) {
        throw new AtdataError("DATASET_EMPTY", "no samples to write", { name: names.dataset });
      }
      await this.#endShard();
      for (const plugin of this.#plugins) await plugin.finish?.();
      const createdAt = new Date().toISOString();
      const file = formatDatasetFile({
        name: names.dataset,
        schema: schemaToLocal(type as SampleType, { createdAt }),
        shards: this.#shards.map((shard, i) => ({ ...shard, url: this.#names[i] as string })),
        samples: this.#samples,
        bytes: this.#bytes,
        createdAt,
        ...(this.#sidecars.length > 0 && { sidecars: this.#sidecars }),
        metadata,
      });
      await this.#store.commit(file);
      const url = store.url(`${names.dataset}.dataset.json`);
      return { name: names.dataset, url, shards: this.#shards, samples: this.#samples, bytes: this.#bytes };
    } catch (error) {
      await this.#output.settle();
      await this.#store.abort();
      throw error;
    }
  }

  #report(): void {
    const { onProgress } = this.#input;
    const open = this.#inShard > 0;
    onProgress?.({
      samples: this.#samples,
      bytes: this.#bytes + (open ? this.#output.bytes : 0),
      shards: this.#shards.length + (open ? 1 : 0),
    });
  }

  #checkSize(key: string, framed: number, max: number): void {
    const bytes = framed + this.#framer.closeBytes;
    if (bytes <= max) return;
    const hint = this.#sizeHint;
    throw new AtdataError(
      "SAMPLE_TOO_LARGE",
      "one sample is larger than a shard may be",
      { key, bytes, max },
      { hint },
    );
  }

  #requireOpen(): void {
    if (this.#failed !== undefined) throw this.#failed.error;
    if (this.#aborted) this.#refuseClosed();
  }

  #refuseClosed(): never {
    throw new AtdataError("UNSUPPORTED", "the writer was closed or aborted", { operation: "write" });
  }

  #book(key: string, sample: S, payload: number, size: number): void {
    this.#samples += 1;
    this.#inShard += 1;
    if (this.#plugins.length === 0) return;
    const { out, flushed } = this.#output;
    const bytes = out.bytes.subarray(payload, payload + size);
    const written = { key, sample, offset: flushed + payload, size, payload: bytes };
    for (const plugin of this.#plugins) plugin.sample(written);
  }
}

/** Remembers the names of what plugins put, so that an overwrite knows what to remove. */
function noteSidecars(store: StoreWrite, names: string[]): SidecarSink {
  return {
    async put(name, bytes) {
      names.push(await store.put(name, bytes));
    },
  };
}

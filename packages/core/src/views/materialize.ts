import type { PayloadEntry } from "../dataset/base-context.ts";
import { createDataset, partsOf } from "../dataset/create-dataset.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { parseDatasetFile } from "../dataset/dataset-file.ts";
import type { DatasetInput } from "../dataset/read-options.ts";
import { startRun } from "../dataset/run.ts";
import { AtdataError, isAtdataError } from "../errors.ts";
import type { DataStore } from "../protocols/data-store.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { createDatasetWriter } from "../write/dataset-writer.ts";
import type { WriteOptions } from "../write/write-options.ts";
import type { WriteNames } from "../write/writer.ts";
import { provenanceOf, viewName } from "./view-name.ts";

/** Settings of {@link materialize}. */
export interface MaterializeOptions
  extends Pick<WriteOptions, "maxSamples" | "maxShardBytes" | "plugins" | "signal" | "onProgress"> {
  /** Where the result is written, and looked for. */
  readonly store: DataStore;
  /** Format of its shards; the dataset's own by default. */
  readonly format?: ShardFormat | undefined;
}

/**
 * Writes what a `where` leaves as a dataset of its own, or gives the one that was written before.
 *
 * Its name is `view-` and a hash of the predicate, the type, the limits and the input shards: by their sha256 where that is known, else by name,
 * length and count, never by where they lie. Its `dataset.json` tells predicate and shards in `metadata.view`. Keys
 * stay, and payloads are copied as they are, unless the dataset ignores extra fields or keeps samples in several files.
 *
 * @param ds - A dataset with a type and no operations but `where`.
 * @throws {@link AtdataError} `UNSUPPORTED` – other operations, or no type; `DATASET_EMPTY` – nothing matches;
 *   `DUPLICATE_KEY` – two of the samples have the same key; or what reading and the store throw.
 * @example
 * ```ts
 * import { createDataset, int, materialize, memoryFormat, memoryStore, sample, writeSamples } from "@atdata/core";
 * const Digit = sample("Digit", { label: int() });
 * const [store, format] = [memoryStore(), memoryFormat()];
 * const names = { dataset: "digits", single: "digits.mem", numbered: (n: number) => `digits-${n}.mem` };
 * const { shards } = await writeSamples({ type: Digit, store, format, names }, [{ label: 7 }, { label: 1 }]);
 * const ds = createDataset({ type: Digit, shards, source: store.source, format });
 * const sevens = await materialize(ds.where((f) => f.label.eq(7)), { store });
 * await sevens.count(); // -> 1
 * ```
 */
export async function materialize<S>(ds: Dataset<S>, options: MaterializeOptions): Promise<Dataset<S>> {
  const { reading, ops } = partsOf(ds);
  const { type } = ds;
  const terms = ops.flatMap((op) => (op.op === "where" ? [op.predicate] : []));
  if (type === undefined || terms.length < ops.length) {
    const hint = "open the dataset with a type, and call where only";
    throw new AtdataError(
      "UNSUPPORTED",
      "only matches of a typed dataset can be written",
      { operation: "materialize" },
      { hint },
    );
  }
  const input = reading.input as DatasetInput<S>;
  const { store, format = input.format, ...write } = options;
  const name = viewName({ terms, type, shards: input.shards, format: format.name, options });
  const open = () => openView<S>(name, type, store, format, options);
  const existing = await open();
  if (existing !== undefined) return existing;
  try {
    const metadata = { view: provenanceOf(terms, input.shards) };
    const writer = await createDatasetWriter<S>({
      ...write,
      type,
      store,
      format,
      names: namesOf(name, format),
      metadata,
    });
    try {
      const run = startRun<PayloadEntry<S>>(reading, ops, { signal: options.signal, giving: "payloads" });
      const copies = input.extra !== "ignore";
      for await (const { key, sample, payload } of run) await writer.push(sample, key, copies ? payload : undefined);
      await writer.close();
    } catch (error) {
      await writer.abort();
      throw error;
    }
  } catch (error) {
    // Somebody else was faster: the result is the same.
    if (!isAtdataError(error, "DATASET_EXISTS")) throw error;
  }
  return (await open()) as Dataset<S>;
}

async function openView<S>(
  name: string,
  type: SampleType<S>,
  store: DataStore,
  format: ShardFormat,
  { plugins, signal }: MaterializeOptions,
): Promise<Dataset<S> | undefined> {
  const file = `${name}.dataset.json`;
  const bytes = await store.get(file, { signal });
  if (bytes === undefined) return undefined;
  const { shards } = parseDatasetFile(bytes, store.url(file));
  const placed = shards.map((shard) => ({ ...shard, url: store.url(shard.url) }));
  return createDataset<S>({ type, source: store.source, format, shards: placed, plugins });
}

function namesOf(name: string, { suffix }: ShardFormat): WriteNames {
  return {
    dataset: name,
    single: name + suffix,
    numbered: (n) => `${name}-${String(n).padStart(6, "0")}${suffix}`,
  };
}

import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { AtdataError, type Dataset, type RawSample } from "@atdata/core";
import { arrowSchema, initArrow, toArrow } from "@atdata/core/arrow";
import { type Schema, Table, tableToIPC } from "apache-arrow";
import * as parquet from "parquet-wasm";

/** Rows of a group: what a reader takes at once. */
const GROUP_ROWS = 8192;

/**
 * Writes a dataset as one Parquet file, SNAPPY, a row a sample; batch after batch, so that samples do not pile up.
 *
 * The file gets its name when it is whole.
 *
 * @returns The number of rows and of bytes.
 * @throws AtdataError `UNSUPPORTED` – the dataset has no type; `IO_ERROR` – the file cannot be written; what reading says.
 */
export async function writeParquet(
  dataset: Dataset<RawSample>,
  path: string,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const { type } = dataset;
  if (type === undefined) {
    const hint = "give a type with --type; atdata schema infer makes one";
    throw new AtdataError("UNSUPPORTED", "samples without a type have no columns", { operation: "export" }, { hint });
  }
  await initArrow();
  let rows = 0;
  let bytes = 0;
  let failure: { readonly error: unknown } | undefined;
  const groups = async function* (): AsyncGenerator<parquet.RecordBatch> {
    try {
      for await (const batch of toArrow(dataset, { rows: GROUP_ROWS, signal })) {
        yield* parquet.Table.fromIPCStream(tableToIPC(new Table([batch]), "stream")).recordBatches();
        rows += batch.numRows;
        onProgress(rows);
      }
    } catch (error) {
      // On its way through the library an error becomes another one.
      failure = { error };
      throw error;
    }
  };
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await guarded(path, () => open(temporary, "wx"));
    try {
      for await (const chunk of encoded(groups(), arrowSchema(type))) {
        await guarded(path, () => file.writeFile(chunk));
        bytes += chunk.length;
      }
    } finally {
      await file.close();
    }
    await guarded(path, () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw failure === undefined ? error : failure.error;
  }
  return { rows, bytes };
}

async function* encoded(groups: AsyncGenerator<parquet.RecordBatch>, schema: Schema): AsyncGenerator<Uint8Array> {
  const properties = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression.SNAPPY)
    .setMaxRowGroupSize(GROUP_ROWS)
    .build();
  const first = await groups.next();
  if (first.done === true) {
    // A file needs its columns even where there are no rows.
    const none = parquet.Table.fromIPCStream(tableToIPC(new Table(schema), "stream"));
    yield parquet.writeParquet(none, properties);
    return;
  }
  const input = streamOf(first.value, groups);
  yield* (await parquet.transformParquetStream(input, properties)) as AsyncIterable<Uint8Array>;
}

function streamOf<T>(first: T, rest: AsyncGenerator<T>): ReadableStream<T> {
  return new ReadableStream<T>({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { done, value } = await rest.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await rest.return(undefined);
    },
  });
}

async function guarded<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AtdataError("IO_ERROR", "the file cannot be written", { url }, { cause });
  }
}

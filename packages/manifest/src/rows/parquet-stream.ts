import { initArrow } from "@atdata/core/arrow";
import { type Data, type Field, makeData, RecordBatch, type Schema, Struct, Table, tableToIPC } from "apache-arrow";
import * as parquet from "parquet-wasm";

/** Writes a Parquet file, one row group after the other, so that only encoded rows pile up. */
export class ParquetStream {
  readonly #schema: Schema;
  #pending: Promise<unknown>;
  #controller: ReadableStreamDefaultController<parquet.RecordBatch> | undefined;
  #written: Promise<Uint8Array> | undefined;

  /** Starts a file; `maxRows` are at most pushed at a time. */
  constructor(schema: Schema, maxRows: number) {
    this.#schema = schema;
    this.#pending = initArrow().then(async () => {
      const batches = new ReadableStream<parquet.RecordBatch>({
        start: (controller) => {
          this.#controller = controller;
        },
      });
      this.#written = parquet
        .transformParquetStream(batches, writerProperties(maxRows))
        .then((stream: ReadableStream<Uint8Array>) => new Response(stream).arrayBuffer())
        .then((buffer) => new Uint8Array(buffer));
      this.#written.catch(() => undefined);
    });
    this.#pending.catch(() => undefined);
  }

  /** Appends rows. The columns are the stream's from then on. */
  push(columns: readonly Data[], rows: number): void {
    this.#pending = this.#pending.then(() => {
      for (const batch of wasmTable(this.#schema, columns, rows).recordBatches()) this.#controller?.enqueue(batch);
    });
    this.#pending.catch(() => undefined);
  }

  /** Ends the file and gives it. */
  async finish(): Promise<Uint8Array> {
    await this.#pending;
    this.#controller?.close();
    return (await this.#written) as Uint8Array;
  }
}

/** Encodes one table as a Parquet file. */
export async function encodeParquet(
  schema: Schema,
  columns: readonly Data[],
  rows: number,
  maxRows: number,
): Promise<Uint8Array> {
  await initArrow();
  const metadata = new Map(schema.metadata);
  return parquet.writeParquet(wasmTable(schema, columns, rows), writerProperties(maxRows, metadata));
}

function wasmTable(schema: Schema, columns: readonly Data[], rows: number): parquet.Table {
  const children = [...columns];
  const struct = makeData({ type: new Struct(schema.fields as Field[]), length: rows, nullCount: 0, children });
  return parquet.Table.fromIPCStream(tableToIPC(new Table([new RecordBatch(schema, struct)]), "stream"));
}

function writerProperties(maxRows: number, metadata?: Map<string, string>): parquet.WriterProperties {
  const builder = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression.SNAPPY)
    .setDictionaryEnabled(false)
    .setWriterVersion(parquet.WriterVersion.V1)
    .setStatisticsEnabled(parquet.EnabledStatistics.Chunk)
    .setMaxRowGroupSize(maxRows);
  return (metadata === undefined ? builder : builder.setKeyValueMetadata(metadata)).build();
}

import { type Data, type Field, makeData, RecordBatch, type Schema, Struct, Table, tableToIPC } from "apache-arrow";
import { joinParquet } from "./join-parquet.ts";

type Parquet = typeof import("parquet-wasm");

/** Writes a Parquet file, one row group after the other, so that only encoded rows pile up. */
export class ParquetStream {
  readonly #schema: Schema;
  readonly #groups: Uint8Array[] = [];
  #pending: Promise<Parquet>;

  /** Starts a file. */
  constructor(schema: Schema) {
    this.#schema = schema;
    this.#pending = loadParquet();
    // A failure is met by `finish`.
    this.#pending.catch(() => undefined);
  }

  /** Appends a row group. The columns are the stream's from then on. */
  push(columns: readonly Data[], rows: number): void {
    // The library's own stream writer keeps in its memory what it has written, so each group is a file of its own first.
    this.#pending = this.#pending.then((parquet) => {
      this.#groups.push(encode(parquet, this.#schema, columns, rows));
      return parquet;
    });
    this.#pending.catch(() => undefined);
  }

  /** Ends the file, of at least one group, with notes in its metadata, and gives it. */
  async finish(notes: ReadonlyMap<string, string>): Promise<Uint8Array> {
    await this.#pending;
    return joinParquet(this.#groups, notes);
  }
}

/** Encodes one table as a Parquet file; the schema's metadata become the file's. */
export async function encodeParquet(schema: Schema, columns: readonly Data[], rows: number): Promise<Uint8Array> {
  return encode(await loadParquet(), schema, columns, rows);
}

/** Loads what only writing takes: on Node the library starts its WebAssembly as soon as it is imported. */
async function loadParquet(): Promise<Parquet> {
  const parquet = await import("parquet-wasm");
  // Elsewhere its default export starts it, unless `initArrow` of core has done so.
  const { default: start } = parquet as { readonly default?: unknown };
  if (typeof start === "function") await start();
  return parquet;
}

function encode(parquet: Parquet, schema: Schema, columns: readonly Data[], rows: number): Uint8Array {
  const children = [...columns];
  const struct = makeData({ type: new Struct(schema.fields as Field[]), length: rows, nullCount: 0, children });
  const stream = tableToIPC(new Table([new RecordBatch(schema, struct)]), "stream");
  const properties = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression.SNAPPY)
    .setDictionaryEnabled(false)
    .setWriterVersion(parquet.WriterVersion.V1)
    .setStatisticsEnabled(parquet.EnabledStatistics.Chunk)
    .setMaxRowGroupSize(65_536)
    .setKeyValueMetadata(new Map(schema.metadata));
  return parquet.writeParquet(parquet.Table.fromIPCStream(stream), properties.build());
}

import { AtdataError, type CallOptions, type DataSource, isAtdataError } from "@atdata/core";
import { type AsyncBuffer, type FileMetaData, type ParquetType, parquetMetadataAsync, parquetSchema } from "hyparquet";
import { columnPath } from "../parquet/column-path.ts";
import { decodeColumn, type PlainColumn } from "../parquet/decode-column.ts";
import { findChunks } from "../parquet/find-chunks.ts";
import { readCells } from "../parquet/read-cells.ts";
import { readChunks } from "../parquet/read-chunks.ts";
import { readWhole } from "./read-whole.ts";

/** Read first, from the end of a file: holds the footer of most manifests, and all of the small ones. */
const TAIL_BYTES = 8 * 1024;
const MAX_WHOLE = 1024 * 1024 * 1024;

/** A column as its pages have it, or of another kind of page as cells: text decoded, bytes not, null or undefined where there is none. */
export type FileColumn = PlainColumn | { readonly cells: ArrayLike<unknown> };

/** A Parquet file of which only what is needed is read, through a source: the footer, then columns. */
export class ParquetFile {
  readonly #url: string;
  readonly #metadata: FileMetaData;
  readonly #bufferFor: (options: CallOptions) => AsyncBuffer;
  readonly #columns: ReadonlyMap<string, { readonly type: ParquetType; readonly bytes: number }>;
  /** Number of rows. */
  readonly rows: number;

  private constructor(url: string, metadata: FileMetaData, bufferFor: (options: CallOptions) => AsyncBuffer) {
    this.#url = url;
    this.#metadata = metadata;
    this.#bufferFor = bufferFor;
    this.rows = Number(metadata.num_rows);
    const columns = new Map<string, { readonly type: ParquetType; bytes: number }>();
    for (const { columns: chunks } of metadata.row_groups) {
      for (const { meta_data: chunk } of chunks) {
        const name = chunk?.path_in_schema[0];
        if (chunk === undefined || name === undefined) continue;
        const column = columns.get(name) ?? { type: chunk.type, bytes: 0 };
        column.bytes += Number(chunk.total_compressed_size);
        columns.set(name, column);
      }
    }
    this.#columns = columns;
  }

  /**
   * Reads the footer.
   *
   * @throws AtdataError `MANIFEST_INVALID` – missing or damaged; what the source says.
   */
  static async open(source: DataSource, url: string, options: CallOptions = {}): Promise<ParquetFile> {
    const bufferFor = await openBuffer(source, url, options);
    return guard(url, options, async () => {
      const settings = { initialFetchSize: TAIL_BYTES, geoparquet: false };
      return new ParquetFile(url, await parquetMetadataAsync(bufferFor(options), settings), bufferFor);
    });
  }

  /** Gives a note of the file's own metadata. */
  note(key: string): string | undefined {
    return this.#metadata.key_value_metadata?.find((note) => note.key === key)?.value;
  }

  /** Tells whether there is such a column. */
  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** Adds up the bytes that columns take in the file. */
  bytesOf(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + (this.#columns.get(name)?.bytes ?? 0), 0);
  }

  /**
   * Reads whole columns; ranges that lie side by side are one read.
   *
   * @param types - What each column must be.
   * @throws AtdataError `MANIFEST_INVALID`; what the source says.
   */
  async read(types: ReadonlyMap<string, ParquetType>, options: CallOptions = {}): Promise<Map<string, FileColumn>> {
    const names = [...types.keys()];
    if (this.rows === 0) return new Map(names.map((name) => [name, { cells: [] }]));
    for (const [name, type] of types) {
      const found = this.#columns.get(name)?.type;
      if (found !== type) throw this.#invalid(`column ${name} is ${found ?? "missing"}, want ${type}`);
    }
    return guard(this.#url, options, async () => {
      const file = this.#bufferFor(options);
      const known = findChunks(this.#metadata);
      const schema = parquetSchema(this.#metadata);
      const places = names.map((name) => known.get(name) ?? []);
      const chunks = await readChunks(file, places.flat());
      const columns = new Map<string, FileColumn>();
      const others: string[] = [];
      for (const [i, name] of names.entries()) {
        const own = chunks.splice(0, places[i]?.length);
        const column = own.length > 0 ? decodeColumn(columnPath(schema, name), own, this.rows) : undefined;
        if (column === undefined) others.push(name);
        else columns.set(name, column);
      }
      if (others.length === 0) return columns;
      for (const [name, cells] of await readCells(file, this.#metadata, others)) columns.set(name, { cells });
      return columns;
    });
  }

  #invalid(clause: string): AtdataError {
    return new AtdataError("MANIFEST_INVALID", clause, { url: this.#url });
  }
}

async function openBuffer(
  source: DataSource,
  url: string,
  options: CallOptions,
): Promise<(options: CallOptions) => AsyncBuffer> {
  const { read } = source;
  const size = read === undefined ? undefined : await source.size?.(url, options);
  if (read === undefined || size === undefined) {
    const bytes = await readWhole(source, url, MAX_WHOLE, options);
    if (bytes === undefined) throw new AtdataError("MANIFEST_INVALID", "manifest has no rows beside it", { url });
    return () => ({ byteLength: bytes.length, slice: (start, end) => bytes.buffer.slice(start, end) });
  }
  const tailFrom = Math.max(0, size - TAIL_BYTES);
  const tail = exactBuffer(await read.call(source, url, tailFrom, size - tailFrom, options));
  return (given) => ({
    byteLength: size,
    async slice(start, end = size) {
      if (start >= tailFrom) return tail.slice(start - tailFrom, end - tailFrom);
      return exactBuffer(await read.call(source, url, start, end - start, given));
    },
  });
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? buffer
    : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}

/** Whatever the decoder trips over in bytes from outside is damage. */
async function guard<T>(url: string, { signal }: CallOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isAtdataError(cause)) throw cause;
    signal?.throwIfAborted();
    const fields = { url };
    const hint = "make it again with atdata manifest build";
    throw new AtdataError("MANIFEST_INVALID", "file is not the Parquet of a manifest", fields, { cause, hint });
  }
}

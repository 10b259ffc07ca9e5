import { AtdataError, type CallOptions, type DataSource, isAtdataError, redactUrl } from "@atdata/core";
import { type AsyncBuffer, type FileMetaData, type ParquetType, parquetMetadataAsync, parquetRead } from "hyparquet";
import { type ColumnChunk, mergeChunks } from "./merge-chunks.ts";
import { readWhole } from "./read-whole.ts";
import { textCache } from "./text-cache.ts";

/** Read first, from the end of a file: holds the footer of most manifests, and all of the small ones. */
const TAIL_BYTES = 8 * 1024;
const MAX_WHOLE = 1024 * 1024 * 1024;

/** How cells of text are given: decoded, or as UTF-8 in memory of the file's. */
export type TextForm = "text" | "bytes";

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
   * @param texts - Whether cells of text are decoded, which costs more than all else.
   * @returns The cells of each: a typed array where none is null, else null or undefined where there is no value.
   * @throws AtdataError `MANIFEST_INVALID`; what the source says.
   */
  async read(
    types: ReadonlyMap<string, ParquetType>,
    options: CallOptions = {},
    texts: TextForm = "text",
  ): Promise<Map<string, ArrayLike<unknown>>> {
    const names = [...types.keys()];
    if (this.rows === 0) return new Map(names.map((name) => [name, []]));
    for (const [name, type] of types) {
      const found = this.#columns.get(name)?.type;
      if (found !== type) throw this.#invalid(`column ${name} is ${found ?? "missing"}, want ${type}`);
    }
    const chunks = new Map<string, ColumnChunk[]>(names.map((name) => [name, []]));
    await guard(this.#url, options, () =>
      parquetRead({
        file: this.#bufferFor(options),
        metadata: this.#metadata,
        columns: names,
        geoparquet: false,
        // Hashes are bytes; texts are marked as such.
        utf8: false,
        parsers: { stringFromBytes: texts === "bytes" ? (bytes: Uint8Array) => bytes : textCache() },
        onChunk: ({ columnName, columnData, rowStart }) => {
          chunks.get(columnName)?.push({ from: rowStart, cells: columnData });
        },
      }),
    );
    return new Map(
      Array.from(chunks, ([name, parts]) => {
        const cells = mergeChunks(parts);
        if (cells.length !== this.rows) throw this.#invalid(`column ${name} has ${cells.length} of ${this.rows} rows`);
        return [name, cells];
      }),
    );
  }

  #invalid(clause: string): AtdataError {
    return new AtdataError("MANIFEST_INVALID", clause, { url: redactUrl(this.#url) });
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
    if (bytes === undefined)
      throw new AtdataError("MANIFEST_INVALID", "manifest has no rows beside it", { url: redactUrl(url) });
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
    const fields = { url: redactUrl(url) };
    const hint = "make it again with atdata manifest build";
    throw new AtdataError("MANIFEST_INVALID", "file is not the Parquet of a manifest", fields, { cause, hint });
  }
}

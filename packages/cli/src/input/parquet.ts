import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import {
  AtdataError,
  type DataSource,
  isAtdataError,
  isNdArray,
  type RawSample,
  redactUrl,
  sourceFor,
} from "@atdata/core";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from "hyparquet";
import { fitValue } from "./fit-value.ts";
import { SOME_FLOAT } from "./floats.ts";
import { columnsOf, columnValue, type ParquetColumn, parsers } from "./parquet-columns.ts";
import type { InputRow, RowFormat } from "./row-input.ts";

const compressors: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  ZSTD: (bytes) => zstdDecompressSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
};

/** Reads Parquet files, a row group at a time. */
export function parquet(refs: readonly string[], sources: readonly DataSource[], signal: AbortSignal): RowFormat {
  const columns = new Map<string, ParquetColumn>();
  return {
    rows: readRows(refs, sources, signal, columns),
    look: (rows) => look(rows, columns),
    fit: fitValue,
  };
}

async function* readRows(
  refs: readonly string[],
  sources: readonly DataSource[],
  signal: AbortSignal,
  columns: Map<string, ParquetColumn>,
): AsyncGenerator<InputRow> {
  for (const ref of refs) {
    const name = redactUrl(ref);
    const file = await asyncBuffer(ref, sources, signal);
    const metadata = await guarded(name, () => parquetMetadataAsync(file, { parsers }));
    const own = columnsOf(metadata);
    for (const column of own) columns.set(column.name, column);
    let row = 0;
    for (const count of groupRows(metadata)) {
      signal.throwIfAborted();
      const options = { file, metadata, rowStart: row, rowEnd: row + count, compressors, parsers, utf8: false };
      for (const values of await guarded(name, () => parquetReadObjects(options))) {
        row += 1;
        const entries = own.map((column) => [column.name, columnValue(values[column.name], column)]);
        yield { values: Object.fromEntries(entries), place: { file: name, row } };
      }
    }
  }
}

function groupRows({ row_groups }: FileMetaData): number[] {
  return row_groups.map(({ num_rows }) => Number(num_rows));
}

async function asyncBuffer(ref: string, sources: readonly DataSource[], signal: AbortSignal): Promise<AsyncBuffer> {
  const source = sourceFor(sources, ref);
  const file = redactUrl(ref);
  const byteLength = await source.size?.(ref, { signal });
  if (byteLength === undefined) throw new AtdataError("NOT_FOUND", "there is no such file", { url: file });
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = start < 0 ? Math.max(0, byteLength + start) : start;
      const bytes = await source.read?.(ref, from, Math.max(0, end - from), { signal });
      if (bytes === undefined)
        throw new AtdataError("UNSUPPORTED", "the place gives no ranges", { operation: "write" });
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
}

/** What the Parquet library throws is about the file. */
async function guarded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isAtdataError(cause) || !(cause instanceof Error)) throw cause;
    throw new AtdataError("INPUT_INVALID", `the file cannot be read as Parquet: ${cause.message}`, { file }, { cause });
  }
}

function look(rows: readonly InputRow[], columns: ReadonlyMap<string, ParquetColumn>): RawSample[] {
  const samples = rows.map(({ values }) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, standIn(value, columns.get(name)?.isFloat === true)]),
    ),
  );
  const [first] = samples;
  if (first === undefined) return samples;
  // The file tells of nulls that the first rows do not have.
  const nulls = [...columns.values()].filter(({ nullable }) => nullable).map(({ name }) => [name, null] as const);
  return [...samples, { ...first, ...Object.fromEntries(nulls) }];
}

/** Gives a value of the kind that the column is of. */
function standIn(value: unknown, isFloat: boolean): unknown {
  if (typeof value === "number") return isFloat ? SOME_FLOAT : value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || isNdArray(value)) return value;
  if (Array.isArray(value)) return value.map((item) => standIn(item, isFloat));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, standIn(item, isFloat)]));
}

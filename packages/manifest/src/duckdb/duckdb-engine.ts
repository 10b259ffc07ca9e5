import type { Predicate } from "@atdata/core";
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import type { ScanEngine, ScanMatches, ScanOptions } from "../engine/scan-engine.ts";
import { inTemporaryFolder, localFiles } from "../node/local-files.ts";
import { interruptOn, openDuckdb, readError } from "./duckdb-session.ts";
import { parquetTable, pathList } from "./parquet-table.ts";
import { predicateToSql } from "./predicate-to-sql.ts";

/** Options of {@link duckdbEngine}. */
export interface DuckdbEngineOptions {
  /** Bytes of files from elsewhere that lie on the disk at once, passed by 8 files at most; default 512 MiB. */
  readonly maxTemporaryBytes?: number | undefined;
}

/**
 * Builds the engine that scans rows with DuckDB: on all cores, all files in one statement, matches as a stream.
 *
 * Files on the local disk are read where they are; others are read through the source into a temporary folder, some at
 * a time. Dispose of the engine when it is not needed any more.
 *
 * Its `scan` throws `MANIFEST_INVALID` for a file that DuckDB cannot read, and what the source throws.
 *
 * @example
 * ```ts
 * import { manifests } from "@atdata/manifest";
 * import { duckdbEngine } from "@atdata/manifest/duckdb";
 * const plugin = manifests({ engine: duckdbEngine() });
 * ```
 */
export function duckdbEngine(engineOptions: DuckdbEngineOptions = {}): ScanEngine & AsyncDisposable {
  let opened: Promise<DuckDBInstance> | undefined;
  return {
    name: "duckdb",
    async *scan(urls, predicate, options) {
      options.signal?.throwIfAborted();
      opened ??= openDuckdb();
      const connection = await (await opened).connect();
      const done = interruptOn(options.signal, connection);
      try {
        yield* inTemporaryFolder((folder) => {
          const copies = { folder, maxCopied: engineOptions.maxTemporaryBytes };
          return scanFiles(connection, urls, predicate, options, copies);
        });
      } finally {
        done();
        connection.closeSync();
      }
    },
    async [Symbol.asyncDispose]() {
      const instance = await opened;
      opened = undefined;
      instance?.closeSync();
    },
  };
}

async function* scanFiles(
  connection: DuckDBConnection,
  urls: readonly string[],
  predicate: Predicate,
  { fields, source, signal }: ScanOptions,
  { folder, maxCopied }: { readonly folder: string; readonly maxCopied: number | undefined },
): AsyncGenerator<ScanMatches> {
  const where = predicateToSql(predicate, fields);
  for await (const { first, paths } of localFiles(urls, source, folder, { signal, maxCopied })) {
    try {
      signal?.throwIfAborted();
      const result = await connection.stream(await statement(connection, paths, where));
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        yield* matchesByFile(chunk, first);
        signal?.throwIfAborted();
      }
    } catch (cause) {
      signal?.throwIfAborted();
      throw readError(cause, urls.slice(first, first + paths.length), paths);
    }
  }
}

/**
 * Writes the statement of a scan. Columns are in types that arrive as numbers; offsets are exact in a double.
 *
 * Looking into all files for hashes would cost a fifth of a scan: those at both ends tell whether it is worth it.
 */
async function statement(connection: DuckDBConnection, paths: readonly string[], where: string): Promise<string> {
  const columns = `file_index::UINTEGER, file_row_number::UINTEGER, __key__, __offset__::DOUBLE, __size__::DOUBLE`;
  const ends = [...new Set([...paths.slice(0, 1), ...paths.slice(-1)])];
  if ((await withHashes(connection, ends)) === 0) return `SELECT ${columns} FROM ${parquetTable(paths)} WHERE ${where}`;
  // Only by name does DuckDB take files without the column for ones that hold nulls.
  const mixed = (await withHashes(connection, paths)) < paths.length;
  const table = parquetTable(paths, mixed ? ", union_by_name = true" : "");
  return `SELECT ${columns}, lower(hex(__sha256__)) FROM ${table} WHERE ${where}`;
}

/** Counts the files that have hashes, which reads the end of each. */
async function withHashes(connection: DuckDBConnection, paths: readonly string[]): Promise<number> {
  const sql = `SELECT count(*)::DOUBLE FROM parquet_schema(${pathList(paths)}) WHERE name = '__sha256__'`;
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
}

/** Takes a chunk of rows apart where the file changes. */
function* matchesByFile(chunk: DuckDBDataChunk, first: number): Generator<ScanMatches> {
  const files = chunk.getColumnValues(0) as number[];
  const rows = Uint32Array.from(chunk.getColumnValues(1) as number[]);
  const keys = chunk.getColumnValues(2) as string[];
  const offsets = Float64Array.from(chunk.getColumnValues(3) as number[]);
  const sizes = Float64Array.from(chunk.getColumnValues(4) as number[]);
  const hashes =
    chunk.columnCount > 5 ? chunk.getColumnValues(5).map((hash) => (hash as string | null) ?? undefined) : undefined;
  let start = 0;
  for (let i = 1; i <= files.length; i++) {
    const file = files[start];
    if (file === undefined || files[i] === file) continue;
    const take = <T>(column: { slice(from: number, to: number): T }): T => column.slice(start, i);
    const places = { rows: take(rows), keys: take(keys), offsets: take(offsets), sizes: take(sizes) };
    yield { file: first + file, ...places, hashes: hashes && take(hashes) };
    start = i;
  }
}

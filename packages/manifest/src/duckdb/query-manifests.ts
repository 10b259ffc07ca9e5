import { AtdataError, type CallOptions, type DataSource } from "@atdata/core";
import type { DuckDBConnection } from "@duckdb/node-api";
import { inTemporaryFolder, localFiles } from "../node/local-files.ts";
import { noteProblem, type RowsOf, SHARD_NOTE } from "../rows/row-columns.ts";
import type { ManifestField } from "../summary/shard-summary.ts";
import { interruptOn, openDuckdb, readError } from "./duckdb-session.ts";
import { escapeGlob, parquetTable, pathList } from "./parquet-table.ts";
import { sqlName, sqlText } from "./sql-literal.ts";
import { type SqlRow, sqlRows } from "./sql-row.ts";

/** A shard, and the rows of its manifest; what is known of it must be what the rows were made of. */
export interface ShardRows extends RowsOf {
  /** Url of the shard. */
  readonly shard: string;
  /** Url of the Parquet file of its rows. */
  readonly rows: string;
}

/** What {@link queryManifests} asks. */
export interface QueryManifestsOptions extends CallOptions {
  /** The manifests, in the order of the rows of `samples`. */
  readonly manifests: readonly ShardRows[];
  /** The fields that `samples` has columns of when there is no manifest. */
  readonly fields: readonly ManifestField[];
  /** Reads files that are not on the local disk. */
  readonly source: DataSource;
}

const types = { string: "VARCHAR", int64: "BIGINT", double: "DOUBLE", boolean: "BOOLEAN" } as const;

/**
 * Runs SQL over the manifests of a dataset, and gives the rows of the result as they come, some at a time.
 *
 * The view `samples` has a row a sample: `shard` (its url), `__key__`, `__offset__`, `__size__` and the fields; a field
 * called `shard` is `shard_1`. It is DuckDB's SQL with DuckDB's meaning: NaN equals itself and is above all numbers. The
 * statement can read nothing but the manifests, and write nothing.
 *
 * Files from elsewhere are read through the source into a temporary folder, all of them.
 *
 * @throws AtdataError `SQL_FAILED` – DuckDB refuses the statement, with its message.
 * @throws AtdataError `MANIFEST_INVALID` – a file cannot be read, or has rows of another shard.
 * @example
 * ```ts
 * import { fileSource } from "@atdata/core/node";
 * import { queryManifests } from "@atdata/manifest/duckdb";
 * const manifests = [{ shard: "out/digits.tar", rows: "out/digits.manifest.parquet" }];
 * const sql = "SELECT label, count(*) AS n FROM samples GROUP BY label ORDER BY label";
 * for await (const rows of queryManifests(sql, { manifests, fields: [], source: fileSource() })) console.table(rows);
 * ```
 */
export async function* queryManifests(sql: string, options: QueryManifestsOptions): AsyncGenerator<readonly SqlRow[]> {
  options.signal?.throwIfAborted();
  // DuckDB only says that something went wrong.
  if (/^[\s;]*$/.test(sql)) throw new AtdataError("SQL_FAILED", "there is no statement", { engine: "duckdb" });
  yield* inTemporaryFolder((folder) => queryIn(folder, sql, options));
}

async function* queryIn(
  folder: string,
  sql: string,
  { manifests, fields, source, signal }: QueryManifestsOptions,
): AsyncGenerator<readonly SqlRow[]> {
  const urls = manifests.map(({ rows }) => rows);
  const groups = localFiles(urls, source, folder, { signal, maxCopied: Number.POSITIVE_INFINITY });
  const paths = (await groups.next()).value?.paths ?? [];
  const instance = await openDuckdb();
  const connection = await instance.connect();
  const done = interruptOn(signal, connection);
  try {
    await requireOwnRows(connection, manifests, paths);
    const view = paths.length === 0 ? noSamples(fields) : samplesOf(manifests, paths);
    await connection.run(`CREATE TEMP VIEW samples AS ${view}`).catch((cause: unknown) => {
      throw readError(cause, urls, paths);
    });
    await lock(connection, paths, folder);
    signal?.throwIfAborted();
    yield* resultOf(connection, sql, signal);
  } catch (error) {
    // Whatever it was that the signal interrupted.
    signal?.throwIfAborted();
    throw error;
  } finally {
    done();
    connection.closeSync();
    instance.closeSync();
  }
}

/** Rows of another shard would be counted for this one without a word. */
async function requireOwnRows(
  connection: DuckDBConnection,
  manifests: readonly ShardRows[],
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const sql = `SELECT file_name, decode(value) AS note FROM parquet_kv_metadata(${pathList(paths)}) WHERE decode(key) = ${sqlText(SHARD_NOTE)}`;
  const reader = await connection.runAndReadAll(sql).catch((cause: unknown) => {
    throw readError(
      cause,
      manifests.map(({ rows }) => rows),
      paths,
    );
  });
  const notes = new Map(reader.getRows().map(([name, note]) => [String(name), String(note)]));
  for (const [i, path] of paths.entries()) {
    const note = notes.get(path);
    const { rows, ...known } = manifests[i] as ShardRows;
    const problem = note === undefined ? undefined : noteProblem(note, known);
    if (problem === undefined) continue;
    const hint = "make it again with atdata manifest build";
    throw new AtdataError("MANIFEST_INVALID", problem, { url: rows }, { hint });
  }
}

function samplesOf(manifests: QueryManifestsOptions["manifests"], paths: readonly string[]): string {
  const shards = manifests.map(({ shard }) => sqlText(shard)).join(", ");
  return `SELECT ([${shards}])[file_index::BIGINT + 1] AS shard, * FROM ${parquetTable(paths, ", union_by_name = true")}`;
}

function noSamples(fields: readonly ManifestField[]): string {
  const own = fields.map(({ name, kind, type }) => [name, kind === "set" ? `${types[type]}[]` : types[type]] as const);
  const fixed = [
    ["shard", "VARCHAR"],
    ["__key__", "VARCHAR"],
    ["__offset__", "BIGINT"],
    ["__size__", "BIGINT"],
  ] as const;
  return `SELECT ${[...fixed, ...own].map(([name, type]) => `NULL::${type} AS ${sqlName(name)}`).join(", ")} WHERE false`;
}

/** Leaves a statement nothing to read but the manifests, and no way to change that. */
async function lock(connection: DuckDBConnection, paths: readonly string[], folder: string): Promise<void> {
  // The path is looked at as it is written in the view, and again as it is opened.
  const allowed = new Set(paths.flatMap((path) => [path, escapeGlob(path)]));
  await connection.run(`SET temp_directory = ${sqlText(folder)}`);
  await connection.run(`SET allowed_paths = [${[...allowed].map(sqlText).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

async function* resultOf(
  connection: DuckDBConnection,
  sql: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly SqlRow[]> {
  try {
    const result = await connection.stream(sql);
    const names = result.deduplicatedColumnNames();
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      yield sqlRows(chunk, names);
      signal?.throwIfAborted();
    }
  } catch (cause) {
    const clause = cause instanceof Error ? cause.message : String(cause);
    throw new AtdataError("SQL_FAILED", clause, { engine: "duckdb" }, { cause });
  }
}

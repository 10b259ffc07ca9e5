/**
 * DuckDB as the engine of large scans, and SQL over manifests; `@duckdb/node-api` must be installed beside.
 *
 * @module
 */
export { type DuckdbEngineOptions, duckdbEngine } from "./duckdb-engine.ts";
export { predicateToSql } from "./predicate-to-sql.ts";
export { type QueryManifestsOptions, queryManifests, type ShardRows } from "./query-manifests.ts";
export type { SqlRow, SqlValue } from "./sql-row.ts";

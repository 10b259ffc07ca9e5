/**
 * DuckDB as the engine of large scans, and SQL over manifests; `@duckdb/node-api` must be installed beside.
 *
 * @module
 */
export { duckdbEngine } from "./duckdb-engine.ts";
export { predicateToSql } from "./predicate-to-sql.ts";

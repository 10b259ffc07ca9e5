import type { IndexProvider } from "@atdata/core";
import { documentCalls } from "../shared/documents.ts";
import { type PostgresPool, queryOver } from "./client.ts";
import { documentsOf } from "./documents.ts";
import { entriesOf } from "./entries.ts";
import { labelsOf } from "./labels.ts";
import { withTables } from "./tables.ts";

/**
 * Builds an index in a Postgres database, in the tables of Python atdata, which are made where they are missing.
 *
 * The tables are looked for in the `search_path` of the pool's connections. The pool stays the caller's.
 *
 * @example
 * ```ts
 * import pg from "pg";
 * import { postgresIndex } from "@atdata/local/postgres";
 * const pool = new pg.Pool({ connectionString: "postgres://localhost/datasets" });
 * const provider = postgresIndex(pool);
 * ```
 */
export function postgresIndex(pool: PostgresPool): IndexProvider {
  return providerOver(pool, "postgres");
}

/** Builds an index that messages call `index`. */
export function providerOver(pool: PostgresPool, index: string): IndexProvider {
  const query = withTables(queryOver(pool, index));
  const schemas = documentsOf(query, index, "schema");
  const lenses = documentsOf(query, index, "lens");
  return {
    name: "postgres",
    ...entriesOf(query, index),
    ...documentCalls(schemas, lenses),
    ...labelsOf(query),
  };
}

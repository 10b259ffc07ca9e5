import { type IndexProvider, localSchemaRef, type StoredSchema } from "@atdata/core";
import { type PostgresPool, queryOver } from "./client.ts";
import { documentsOf, type StoredDocument } from "./documents.ts";
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
    async createSchema(schema, options) {
      const { created, held } = await schemas.create(schema, options);
      return { created, held: withRef(held) };
    },
    async getSchema(name, version, options) {
      const schema = await schemas.get(name, version, options);
      return schema && withRef(schema);
    },
    async *listSchemas(options) {
      for await (const schema of schemas.list(options)) yield withRef(schema);
    },
    createLens: (lens, options) => lenses.create(lens, options),
    getLens: (name, version, options) => lenses.get(name, version, options),
    listLenses: (options) => lenses.list(options),
    ...labelsOf(query),
  };
}

function withRef(schema: StoredDocument): StoredSchema {
  return { ...schema, ref: localSchemaRef(schema.name, schema.version) };
}

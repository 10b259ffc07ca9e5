import { abortable, type CallOptions } from "@atdata/core";
import type { Query } from "./client.ts";

/** The tables of Python atdata, as it makes them itself. There are none of ours: they hold all that is needed. */
const TABLES = `
CREATE TABLE IF NOT EXISTS dataset_entries (
  cid TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  schema_ref TEXT NOT NULL,
  data_urls BYTEA NOT NULL,
  metadata BYTEA,
  legacy_uuid TEXT,
  created_at TIMESTAMPTZ DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_entries_name ON dataset_entries (name);
CREATE TABLE IF NOT EXISTS schemas (
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  schema_json TEXT NOT NULL,
  created_at TIMESTAMPTZ DEFAULT now(),
  PRIMARY KEY (name, version)
);
CREATE TABLE IF NOT EXISTS lenses (
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  lens_json TEXT NOT NULL,
  created_at TIMESTAMPTZ DEFAULT now(),
  PRIMARY KEY (name, version)
);
CREATE TABLE IF NOT EXISTS labels (
  name TEXT NOT NULL,
  cid TEXT NOT NULL,
  version TEXT NOT NULL DEFAULT '',
  description TEXT,
  created_at TIMESTAMPTZ DEFAULT now(),
  PRIMARY KEY (name, version)
);
CREATE INDEX IF NOT EXISTS idx_labels_cid ON labels (cid);
`;

/** Keeps two that come at once from making the same table; any number that is always the same. */
const LOCK = "SELECT pg_advisory_xact_lock(7021390845112);";

const MISSING = `
SELECT name FROM unnest(ARRAY['dataset_entries', 'schemas', 'lenses', 'labels']) AS name
WHERE to_regclass(quote_ident(name)) IS NULL`;

/**
 * Makes sure of the tables before the first statement; `query` then does, too.
 *
 * Looks first, so that a user who may only read can read.
 */
export function withTables(query: Query): Query {
  let ready: Promise<void> | undefined;
  return async (text, values, operation, options?: CallOptions) => {
    options?.signal?.throwIfAborted();
    ready ??= makeTables(query).catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    await abortable(ready, options?.signal);
    return query(text, values, operation, options);
  };
}

async function makeTables(query: Query): Promise<void> {
  const operation = "make tables";
  if ((await query(MISSING, [], operation)).length === 0) return;
  await query(`${LOCK}${TABLES}`, [], operation);
}

import { AtdataError } from "@atdata/core";

/** Version of the database's form that this module writes: `user_version`, which Python leaves at 0. */
export const FORM = 1;

/** The tables of Python atdata, word for word. They are never altered, and there are none of ours. */
export const PYTHON_TABLES = `
CREATE TABLE IF NOT EXISTS dataset_entries (
    cid         TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    schema_ref  TEXT NOT NULL,
    data_urls   BLOB NOT NULL,
    metadata    BLOB,
    legacy_uuid TEXT,
    created_at  TEXT DEFAULT (datetime('now'))
);
CREATE INDEX IF NOT EXISTS idx_entries_name
    ON dataset_entries(name);
CREATE TABLE IF NOT EXISTS schemas (
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    schema_json TEXT NOT NULL,
    created_at  TEXT DEFAULT (datetime('now')),
    PRIMARY KEY (name, version)
);
CREATE TABLE IF NOT EXISTS lenses (
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    lens_json   TEXT NOT NULL,
    created_at  TEXT DEFAULT (datetime('now')),
    PRIMARY KEY (name, version)
);
CREATE TABLE IF NOT EXISTS labels (
    name        TEXT NOT NULL,
    cid         TEXT NOT NULL,
    version     TEXT NOT NULL DEFAULT '',
    description TEXT,
    created_at  TEXT DEFAULT (datetime('now')),
    PRIMARY KEY (name, version)
);
CREATE INDEX IF NOT EXISTS idx_labels_cid
    ON labels(cid);
`;

/** Builds the error for a database that has tables, but not those of an index; `undefined` for one that is new or ours. */
export function foreignError(names: readonly unknown[], path: string): AtdataError | undefined {
  if (names.length === 0 || names.includes("dataset_entries")) return undefined;
  const hint = "give the index a file of its own";
  return new AtdataError("INDEX_CORRUPT", "the database is of something else", { index: path }, { hint });
}

/** Asks for the names of all tables. */
export const TABLE_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table'";

import type { IndexEntry, Label, StoredLensRecord, StoredSchema } from "@atdata/core";
import { entryOf, labelOf, lensOf, schemaOf } from "./rows.ts";

/** How things of one kind are found in their table. */
export interface Shelf<T> {
  /** The table. */
  readonly table: string;
  /** Columns of its primary key. */
  readonly keys: readonly string[];
  /** Gives the row of a key. */
  readonly get: string;
  /** Reads a row. */
  read(row: unknown, index: string): T;
}

/** A table of documents under a name and version, of which the first stays. */
export interface DocumentShelf<T> extends Shelf<T> {
  /** Creates one unless there is one. */
  readonly create: string;
}

export const entries: Shelf<IndexEntry> = shelf("dataset_entries", ["cid"], entryOf);
export const labels: Shelf<Label> = shelf("labels", ["name", "version"], labelOf);
export const schemas: DocumentShelf<StoredSchema> = documents("schemas", "schema_json", schemaOf);
export const lenses: DocumentShelf<StoredLensRecord> = documents("lenses", "lens_json", lensOf);

/** `OR REPLACE` deletes and inserts, as Python does: what is put again gets a new time, and the last place. */
export const PUT_ENTRY = `INSERT OR REPLACE INTO dataset_entries (cid, name, schema_ref, data_urls, metadata)
  VALUES (?, ?, ?, ?, ?) RETURNING *`;
/** Never before another of its name, so that the last one put is the latest also after a clock was set back. */
export const PUT_LABEL = `INSERT OR REPLACE INTO labels (name, cid, version, description, created_at)
  VALUES (?, ?, ?, ?, max(datetime('now'),
    coalesce((SELECT max(datetime(created_at)) FROM labels WHERE name = ?), '')))`;
export const LATEST_ENTRY = "SELECT * FROM dataset_entries WHERE name = ? ORDER BY rowid DESC LIMIT 1";
export const LATEST_LABEL = "SELECT * FROM labels WHERE name = ? ORDER BY created_at DESC, rowid DESC LIMIT 1";

function shelf<T>(table: string, keys: readonly string[], read: Shelf<T>["read"]): Shelf<T> {
  return { table, keys, read, get: `SELECT * FROM ${table} WHERE ${keys.map((key) => `${key} = ?`).join(" AND ")}` };
}

function documents<T>(table: string, column: string, read: Shelf<T>["read"]): DocumentShelf<T> {
  const create = `INSERT OR IGNORE INTO ${table} (name, version, ${column}) VALUES (?, ?, ?)`;
  return { ...shelf(table, ["name", "version"], read), create };
}

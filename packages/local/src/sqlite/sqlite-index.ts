import { join } from "node:path";
import type { Created, IndexProvider, ListOptions, StoredLensRecord } from "@atdata/core";
import { atdataHome } from "../home.ts";
import { toJsonText } from "../shared/json-text.ts";
import { packEntry } from "../shared/packed-entry.ts";
import type { SqliteDriver, SqliteValue } from "./driver.ts";
import { nodeSqlite } from "./node-driver.ts";
import { entryOf } from "./rows.ts";
import { SqliteFile } from "./sqlite-file.ts";
import {
  type DocumentShelf,
  entries,
  LATEST_ENTRY,
  LATEST_LABEL,
  labels,
  lenses,
  PUT_ENTRY,
  PUT_LABEL,
  type Shelf,
  schemas,
} from "./statements.ts";

type Row = Readonly<Record<string, unknown>>;

/** Options of {@link sqliteIndex}. */
export interface SqliteIndexOptions {
  /** What opens the database; default `node:sqlite`. */
  readonly driver?: SqliteDriver | undefined;
}

/**
 * Builds an index provider over one SQLite file, in the form of Python atdata, which may use the same file meanwhile.
 *
 * The file is opened when it is first needed, and made, with its folder, by the first write; reading an index that is not
 * there finds nothing. A file or folder that may not be written can be read, and nothing is left beside it. Several
 * processes may write at once; one waits for another up to ten seconds. `INDEX_CORRUPT`, `FORMAT_TOO_NEW`, `ACCESS_DENIED`
 * and `INDEX_FAILED` name the file.
 *
 * @param path - The file, default `index.db` in `atdataHome()`, or `:memory:`.
 * @example
 * ```ts
 * import { sqliteIndex } from "@atdata/local/sqlite";
 * await using provider = sqliteIndex(":memory:");
 * const dataUrls = ["/data/digits.tar"];
 * await provider.putEntry({ name: "digits", schemaRef: "atdata://local/schema/Digit@1.0.0", dataUrls });
 * (await provider.latestEntry("digits"))?.dataUrls; // -> ["/data/digits.tar"]
 * ```
 */
export function sqliteIndex(
  path: string = join(atdataHome(), "index.db"),
  options: SqliteIndexOptions = {},
): IndexProvider & AsyncDisposable {
  const file = new SqliteFile(path, options.driver ?? nodeSqlite);
  const index = file.path;

  function find<T>(
    operation: string,
    sql: string,
    values: readonly SqliteValue[],
    { read }: Shelf<T>,
    fits: (row: Row) => boolean = () => true,
  ): T | undefined {
    const row = file.read(operation, (prepare) => prepare(sql)?.get(...values));
    return row === undefined || !fits(row as Row) ? undefined : read(row, index);
  }

  /**
   * Takes the keys first and then a row at a time, so that nothing is kept open while the consumer takes its time, and what
   * is put again meanwhile, and moves to the end, is listed all the same and once.
   */
  async function* list<T>(
    operation: string,
    shelf: Shelf<T>,
    where: Readonly<Record<string, string | undefined>>,
    { signal }: ListOptions,
  ): AsyncGenerator<T, void, undefined> {
    signal?.throwIfAborted();
    const { table, keys, get } = shelf;
    const given = Object.entries(where).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const conditions = given.map(([column], i) => `${i === 0 ? "WHERE" : "AND"} ${column} = ?`).join(" ");
    const sql = `SELECT ${keys.join(", ")} FROM ${table} ${conditions} ORDER BY rowid`;
    const rows = file.read(operation, (prepare) => prepare(sql)?.all(...given.map(([, value]) => value))) ?? [];
    const fits = (row: Row): boolean => given.every(([column, value]) => row[column] === value);
    for (const row of rows as Row[]) {
      signal?.throwIfAborted();
      const key = keys.map((column) => row[column] as SqliteValue);
      const value = find(operation, get, key, shelf, fits);
      if (value !== undefined) yield value;
    }
  }

  async function create<T>(shelf: DocumentShelf<T>, document: StoredLensRecord): Promise<Created<T>> {
    const { name, version, json } = document;
    const text = toJsonText(json);
    return file.write(`create one of the ${shelf.table}`, (prepare) => {
      const created = Number(prepare(shelf.create).run(name, version, text).changes) > 0;
      return { created, held: shelf.read(prepare(shelf.get).get(name, version), index) };
    });
  }

  function remove(operation: string, sql: string, ...values: SqliteValue[]): Promise<boolean> {
    return file.write(operation, (prepare) => Number(prepare(sql).run(...values).changes) > 0);
  }

  return {
    name: "sqlite",
    async putEntry(entry, options) {
      options?.signal?.throwIfAborted();
      const { id, name, schemaRef, dataUrls, metadata } = packEntry(entry);
      const values = [id, name, schemaRef, dataUrls, metadata ?? null];
      return file.write("put an entry", (prepare) => entryOf(prepare(PUT_ENTRY).get(...values), index));
    },
    async getEntry(id, options) {
      options?.signal?.throwIfAborted();
      return find("find an entry", entries.get, [id], entries);
    },
    async latestEntry(name, options) {
      options?.signal?.throwIfAborted();
      return find("find an entry", LATEST_ENTRY, [name], entries);
    },
    listEntries: (options = {}) => list("list entries", entries, { name: options.name }, options),
    async deleteEntry(id, options) {
      options?.signal?.throwIfAborted();
      return remove("delete an entry", "DELETE FROM dataset_entries WHERE cid = ?", id);
    },

    async createSchema(schema, options) {
      options?.signal?.throwIfAborted();
      return create(schemas, schema);
    },
    async getSchema(name, version, options) {
      options?.signal?.throwIfAborted();
      return find("find a schema", schemas.get, [name, version], schemas);
    },
    listSchemas: (options = {}) => list("list schemas", schemas, { name: options.name }, options),

    async createLens(lens, options) {
      options?.signal?.throwIfAborted();
      return create(lenses, lens);
    },
    async getLens(name, version, options) {
      options?.signal?.throwIfAborted();
      return find("find a lens", lenses.get, [name, version], lenses);
    },
    listLenses: (options = {}) => list("list lenses", lenses, { name: options.name }, options),

    async putLabel({ name, version, id, description }, options = {}) {
      options.signal?.throwIfAborted();
      const { expect } = options;
      return file.write("put a label", (prepare) => {
        if (expect !== undefined) {
          const held = prepare(labels.get).get(name, version);
          if ((held === undefined ? null : labels.read(held, index).id) !== expect) return false;
        }
        prepare(PUT_LABEL).run(name, id, version, description ?? null, name);
        return true;
      });
    },
    async getLabel(name, version, options) {
      options?.signal?.throwIfAborted();
      return find("find a label", labels.get, [name, version], labels);
    },
    async latestLabel(name, options) {
      options?.signal?.throwIfAborted();
      return find("find a label", LATEST_LABEL, [name], labels);
    },
    listLabels: (options = {}) => list("list labels", labels, { name: options.name, cid: options.id }, options),
    async deleteLabel(name, version, options) {
      options?.signal?.throwIfAborted();
      return remove("delete a label", "DELETE FROM labels WHERE name = ? AND version = ?", name, version);
    },

    async [Symbol.asyncDispose]() {
      file.close();
    },
  };
}

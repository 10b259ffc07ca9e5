import type { Documents, StoredDocument } from "../shared/documents.ts";
import { fromJsonText, toJsonText } from "../shared/json-text.ts";
import type { Query, Row } from "./client.ts";

/** Builds what a Postgres index does with schemas, or with lenses. */
export function documentsOf(query: Query, index: string, kind: "schema" | "lens"): Documents {
  const [table, column] = kind === "schema" ? ["schemas", "schema_json"] : ["lenses", "lens_json"];
  const read = (row: Row): StoredDocument => {
    const [name, version] = [String(row.name), String(row.version)];
    const place = { index, key: `${table} ${name}@${version}` };
    return { name, version, json: fromJsonText(String(row.text), place) };
  };
  const get: Documents["get"] = async (name, version, options) => {
    const text = `SELECT name, version, ${column} AS text FROM ${table} WHERE name = $1 AND version = $2`;
    const [row] = await query(text, [name, version], `get a ${kind}`, options);
    return row && read(row);
  };
  return {
    get,
    async create({ name, version, json }, options) {
      const text = toJsonText(json);
      const insert = `INSERT INTO ${table} (name, version, ${column}, created_at)
        VALUES ($1, $2, $3, clock_timestamp()) ON CONFLICT (name, version) DO NOTHING
        RETURNING name, version, ${column} AS text`;
      const [row] = await query(insert, [name, version, text], `create a ${kind}`, options);
      if (row !== undefined) return { created: true, held: read(row) };
      const held = await get(name, version, options);
      // Nobody deletes these; should somebody by hand, just now, it is free again.
      return held === undefined ? this.create({ name, version, json }, options) : { created: false, held };
    },
    async *list(options) {
      const name = options?.name;
      const text = `SELECT name, version, ${column} AS text FROM ${table} ${name === undefined ? "" : "WHERE name = $1"}
        ORDER BY created_at NULLS FIRST, name, version`;
      const rows = await query(text, name === undefined ? [] : [name], `list ${table}`, options);
      for (const row of rows) {
        options?.signal?.throwIfAborted();
        yield read(row);
      }
    },
  };
}

import type { IndexEntry, IndexProvider } from "@atdata/core";
import { corrupt } from "../shared/corrupt.ts";
import { packEntry, unpackEntry } from "../shared/packed-entry.ts";
import { FIRST_PAGE, nextPage } from "../shared/page-size.ts";
import type { Query, Row } from "./client.ts";
import { lastOfName, TIME } from "./sql.ts";

type Entries = Pick<IndexProvider, "putEntry" | "getEntry" | "latestEntry" | "listEntries" | "deleteEntry">;

const COLUMNS = `cid, name, schema_ref, data_urls, metadata, ${TIME} AS created`;

/** Builds what a Postgres index does with entries. */
export function entriesOf(query: Query, index: string): Entries {
  const entryOf = (row: Row | undefined): IndexEntry | undefined => row && readEntry(row, index);
  return {
    async putEntry(entry, options) {
      const packed = packEntry(entry);
      const { id, name, schemaRef, dataUrls, metadata } = packed;
      const rows = await query(
        `INSERT INTO dataset_entries (cid, name, schema_ref, data_urls, metadata, created_at)
         VALUES ($1, $2, $3, $4, $5, ${lastOfName("dataset_entries", "$2")})
         ON CONFLICT (cid) DO UPDATE SET name = excluded.name, schema_ref = excluded.schema_ref,
           data_urls = excluded.data_urls, metadata = excluded.metadata, created_at = excluded.created_at
         RETURNING ${TIME} AS created`,
        [id, name, schemaRef, asBuffer(dataUrls), metadata === undefined ? null : asBuffer(metadata)],
        "put an entry",
        options,
      );
      return unpackEntry(packed, textOf(rows[0]?.created), placeOf(id, index));
    },
    async getEntry(id, options) {
      const text = `SELECT ${COLUMNS} FROM dataset_entries WHERE cid = $1`;
      return entryOf((await query(text, [id], "get an entry", options))[0]);
    },
    async latestEntry(name, options) {
      const text = `SELECT ${COLUMNS} FROM dataset_entries WHERE name = $1
        ORDER BY created_at DESC NULLS LAST, cid DESC LIMIT 1`;
      return entryOf((await query(text, [name], "find an entry", options))[0]);
    },
    async *listEntries(options) {
      const name = options?.name;
      // Of a moment, and without a connection that is held while the caller does other things.
      const text = `SELECT cid FROM dataset_entries ${name === undefined ? "" : "WHERE name = $1"}
        ORDER BY created_at NULLS FIRST, cid`;
      const ids = await query(text, name === undefined ? [] : [name], "list entries", options);
      let size = FIRST_PAGE;
      let from = 0;
      while (from < ids.length) {
        const page = ids.slice(from, from + size).map(({ cid }) => cid);
        const read = `SELECT ${COLUMNS} FROM dataset_entries WHERE cid = ANY ($1)`;
        const rows = await query(read, [page], "list entries", options);
        const byId = new Map(rows.map((row) => [row.cid, row]));
        for (const id of page) {
          options?.signal?.throwIfAborted();
          const entry = entryOf(byId.get(id));
          if (entry !== undefined && (name === undefined || entry.name === name)) yield entry;
        }
        from += page.length;
        const bytes = rows.reduce((sum, row) => sum + bytesIn(row), 0);
        size = nextPage(page.length, bytes);
      }
    },
    async deleteEntry(id, options) {
      const text = "DELETE FROM dataset_entries WHERE cid = $1 RETURNING cid";
      return (await query(text, [id], "delete an entry", options)).length > 0;
    },
  };
}

function placeOf(id: string, index: string): { index: string; key: string } {
  return { index, key: `dataset_entries ${id}` };
}

function readEntry(row: Row, index: string): IndexEntry {
  const id = textOf(row.cid) ?? "";
  const place = placeOf(id, index);
  const { data_urls: dataUrls, metadata } = row;
  const [name, schemaRef] = [textOf(row.name), textOf(row.schema_ref)];
  if (name === undefined || schemaRef === undefined || !(dataUrls instanceof Uint8Array)) {
    throw corrupt(place, "columns have other types than those of an index");
  }
  const packed = { id, name, schemaRef, dataUrls, metadata: metadata instanceof Uint8Array ? metadata : undefined };
  return unpackEntry(packed, textOf(row.created), place);
}

function bytesIn({ data_urls: urls, metadata }: Row): number {
  return [urls, metadata].reduce((sum: number, field) => sum + (field instanceof Uint8Array ? field.length : 0), 0);
}

/** The client knows a plain `Uint8Array` as bytes only in newer versions. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

import { DatabaseSync } from "node:sqlite";
import { decode } from "@msgpack/msgpack";

/** An entry as who writes the statement by hand would take it out of its row. */
export interface FoundEntry {
  readonly cid: string;
  readonly dataUrls: unknown;
  readonly metadata: unknown;
}

/** Looks entries up by name with one prepared statement, and decodes what they hold. */
export function openByHand(path: string): { byName(name: string): FoundEntry; close(): void } {
  const database = new DatabaseSync(path, { readOnly: true });
  const statement = database.prepare(
    "SELECT cid, data_urls, metadata FROM dataset_entries WHERE name = ? ORDER BY rowid DESC LIMIT 1",
  );
  return {
    byName(name) {
      const row = statement.get(name) as { cid: string; data_urls: Uint8Array; metadata: Uint8Array };
      return { cid: row.cid, dataUrls: decode(row.data_urls), metadata: decode(row.metadata) };
    },
    close: () => database.close(),
  };
}

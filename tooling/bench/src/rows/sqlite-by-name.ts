import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { contentId, encodeDynamic } from "@atdata/core";
import { sqliteIndex } from "@atdata/local/sqlite";
import { openByHand } from "../baselines/sqlite-statement.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { scratch } from "../data/cache.ts";

const LOOKUPS = 10_000;

export const row: TimedRow = {
  id: "sqlite-by-name",
  what: "find 10,000 of 100,000 entries by name in an SQLite index; against a prepared statement by hand on the same file",
  unit: "ms",
  bar: 0.33,
  async start(size) {
    const count = size === "full" ? 100_000 : 1_000;
    const folder = await scratch();
    const path = join(folder, "index.db");
    await fill(path, count);
    const provider = sqliteIndex(path);
    const hand = openByHand(path);
    // Coprime with any power of ten, so that no name is asked for twice before all were.
    const nameOf = (i: number): string => `dataset-${(i * 7919) % count}`;
    return {
      async ours() {
        let found = 0;
        for (let i = 0; i < LOOKUPS; i++) found += (await provider.latestEntry(nameOf(i)))?.dataUrls.length ?? 0;
        expectCount(found, LOOKUPS);
      },
      async baseline() {
        let found = 0;
        for (let i = 0; i < LOOKUPS; i++) found += (hand.byName(nameOf(i)).dataUrls as string[]).length;
        expectCount(found, LOOKUPS);
      },
      async close() {
        await provider[Symbol.asyncDispose]();
        hand.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};

/** Entries as the provider writes them, in one transaction. */
async function fill(path: string, count: number): Promise<void> {
  const provider = sqliteIndex(path);
  await provider.putEntry({ name: "first", schemaRef, dataUrls: ["/data/first.tar"] });
  await provider[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  const insert = database.prepare(
    "INSERT INTO dataset_entries (cid, name, schema_ref, data_urls, metadata) VALUES (?, ?, ?, ?, ?)",
  );
  database.exec("BEGIN");
  for (let i = 0; i < count; i++) {
    const dataUrls = [`/data/dataset-${i}/data-000000.tar`];
    const metadata = { tags: ["bench"], checksums: { [dataUrls[0] as string]: "0".repeat(64) } };
    const id = contentId({ schemaRef, dataUrls });
    insert.run(id, `dataset-${i}`, schemaRef, encodeDynamic(dataUrls), encodeDynamic(metadata));
  }
  database.exec("COMMIT");
  database.close();
}

const schemaRef = "atdata://local/schema/Sample@1.0.0";

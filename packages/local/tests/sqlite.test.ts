import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexProviderCases, register } from "@atdata/conformance";
import { betterSqlite3, type SqliteDriver, sqliteIndex } from "@atdata/local/sqlite";
import Database from "better-sqlite3";
import { describe, it } from "vitest";

const drivers: readonly [string, SqliteDriver | undefined][] = [
  ["node:sqlite", undefined],
  ["better-sqlite3", betterSqlite3(Database)],
];

for (const [name, driver] of drivers) {
  describe(`sqliteIndex over ${name}`, () => {
    register({ describe, it }, indexProviderCases, async () => {
      const folder = await mkdtemp(join(tmpdir(), "sqlite-index-"));
      const path = join(folder, "in", "index.db");
      return {
        provider: sqliteIndex(path, { driver }),
        reopen: async () => sqliteIndex(path, { driver }),
        dispose: () => rm(folder, { recursive: true }),
      };
    });
  });

  describe(`sqliteIndex in memory over ${name}`, () => {
    register({ describe, it }, indexProviderCases, () => ({ provider: sqliteIndex(":memory:", { driver }) }));
  });
}

import { readFileSync } from "node:fs";
import type { SqliteDatabase, SqliteDriver } from "./driver.ts";

/** The part of `better-sqlite3` that is used: its class, which takes a path or a `Buffer` with a database. */
export type BetterSqlite3 = new (file: never, options?: { readonly?: boolean }) => SqliteDatabase;

/** Where a database's first bytes say with 2 that it has a write-ahead log, and with 1 that it has none. */
const LOG_KIND = [18, 19] as const;

/**
 * Builds a driver for {@link sqliteIndex} over `better-sqlite3` (13 or later), which the caller imports.
 *
 * @example
 * ```ts
 * import { betterSqlite3, sqliteIndex } from "@atdata/local/sqlite";
 * import Database from "better-sqlite3";
 * const provider = sqliteIndex("index.db", { driver: betterSqlite3(Database) });
 * ```
 */
export function betterSqlite3(Database: BetterSqlite3): SqliteDriver {
  return (path, mode) => {
    if (mode !== "immutable") return new Database(path as never, { readonly: mode === "read" });
    // It takes no `immutable` option, but a database in memory; which cannot have a log beside it, and must not say so.
    const bytes = readFileSync(path);
    for (const at of LOG_KIND) if (bytes[at] === 2) bytes[at] = 1;
    return new Database(bytes as never, { readonly: true });
  };
}

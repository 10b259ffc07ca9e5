/**
 * An index in one SQLite file.
 *
 * @module
 */
export type { Diagnosis, Finding } from "../shared/diagnosis.ts";
export { type BetterSqlite3, betterSqlite3 } from "./better-sqlite3.ts";
export type { SqliteDatabase, SqliteDriver, SqliteMode, SqliteStatement, SqliteValue } from "./driver.ts";
export { sqliteIndex, type SqliteIndexOptions } from "./sqlite-index.ts";
export { diagnoseSqlite } from "./diagnose-sqlite.ts";

/** What a column holds or takes. */
export type SqliteValue = string | number | bigint | Uint8Array | null;

/** A prepared statement; rows are objects by column. */
export interface SqliteStatement {
  /** Gives the first row, or `undefined`. */
  get(...values: SqliteValue[]): unknown;
  /** Gives all rows. */
  all(...values: SqliteValue[]): unknown[];
  /** Runs it, and tells how many rows it changed. */
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
}

/** An open database; all of it is synchronous. */
export interface SqliteDatabase {
  /** Prepares one statement, with `?` in place of values. */
  prepare(sql: string): SqliteStatement;
  /** Runs statements without values. */
  exec(sql: string): unknown;
  /** Closes the file. */
  close(): unknown;
}

/**
 * How a database is opened: to be written to, to be read with others writing, or as a file that nobody changes and beside
 * which nothing may be made.
 */
export type SqliteMode = "write" | "read" | "immutable";

/** Opens a database; `:memory:` is one without a file. */
export type SqliteDriver = (path: string, mode: SqliteMode) => SqliteDatabase;

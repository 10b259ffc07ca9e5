import { constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AtdataError } from "@atdata/core";
import type { SqliteDatabase, SqliteDriver, SqliteMode, SqliteStatement } from "./driver.ts";
import { accessDenied, indexError, isTableMissing, mayAccess, resultCode } from "./sqlite-errors.ts";
import { FORM, foreignError, PYTHON_TABLES, TABLE_NAMES } from "./tables.ts";

/** How long a statement waits for another process's transaction; those of ours take milliseconds. */
const BUSY_MS = 10_000;
const POLL_MS = 10;

/** Runs one statement, prepared once; `undefined` where its table is not there yet. */
type Prepare = (sql: string) => SqliteStatement | undefined;

interface Open {
  readonly db: SqliteDatabase;
  readonly mode: SqliteMode;
  readonly statements: Map<string, SqliteStatement>;
  /** What the file was when it was opened. */
  readonly state: string | undefined;
}

/**
 * The database file of an index, opened when it is first needed: made with its folder and tables by the first write, and
 * never by reading.
 *
 * Where nothing may be written beside it, it is read as it is, without the files that SQLite puts there. A file that was
 * removed or replaced meanwhile is opened anew: SQLite would go on with what has no name any more.
 */
export class SqliteFile {
  readonly path: string;
  readonly #driver: SqliteDriver;
  #open: Open | undefined;
  #opening: Promise<void> | undefined;
  /** Whether the tables are known to be complete, and the log to be written ahead. */
  #ready = false;
  #closed = false;

  constructor(path: string, driver: SqliteDriver) {
    this.path = path === MEMORY ? path : resolve(path);
    this.#driver = driver;
  }

  /** Reads; gives `undefined` where there is no database. */
  read<T>(operation: string, work: (prepare: Prepare) => T): T | undefined {
    try {
      const open = this.#current();
      return open === undefined ? undefined : work((sql) => prepared(open, sql));
    } catch (error) {
      throw indexError(error, this.path, operation);
    }
  }

  /** Writes, in one transaction: all of it or nothing. */
  async write<T>(operation: string, work: (prepare: (sql: string) => SqliteStatement) => T): Promise<T> {
    try {
      for (;;) {
        const open = this.#current();
        if (open !== undefined && this.#ready) {
          return transaction(open.db, () => work((sql) => prepared(open, sql) as SqliteStatement));
        }
        await this.#makeReadyOnce();
      }
    } catch (error) {
      throw indexError(error, this.path, operation);
    }
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    this.#ready = false;
    const open = this.#open;
    this.#open = undefined;
    open?.db.close();
  }

  /** Gives the open database, which is opened if there is one; `undefined` where there is none. */
  #current(): Open | undefined {
    if (this.#closed) throw new AtdataError("INDEX_UNAVAILABLE", "the index was closed", { index: this.path });
    if (this.#open !== undefined && this.#open.state !== stateOf(this.path, this.#open.mode)) this.#drop();
    if (this.#open === undefined && (this.path === MEMORY || existsSync(this.path))) this.#connect(modeFor(this.path));
    return this.#open;
  }

  #connect(mode: SqliteMode): void {
    const before = stateOf(this.path, mode);
    const db = this.#driver(this.path, mode);
    try {
      db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      checkForm(db, this.path);
    } catch (error) {
      db.close();
      throw error;
    }
    this.#open = { db, mode, statements: new Map(), state: before ?? stateOf(this.path, mode) };
  }

  #makeReadyOnce(): Promise<void> {
    this.#opening ??= this.#makeReady().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #makeReady(): Promise<void> {
    if (this.path !== MEMORY) mkdirSync(dirname(this.path), { recursive: true });
    if (this.#current() === undefined) this.#connect("write");
    const { db, mode } = this.#open as Open;
    if (mode !== "write") throw accessDenied(this.path, "write the index");
    if (isUnready(db, this.path)) transaction(db, () => db.exec(`${PYTHON_TABLES}; PRAGMA user_version = ${FORM}`));
    if (this.path !== MEMORY) await writeAhead(db);
    this.#ready = true;
  }
}

const MEMORY = ":memory:";

function prepared({ db, statements }: Open, sql: string): SqliteStatement | undefined {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  try {
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  } catch (error) {
    if (isTableMissing(error)) return undefined;
    throw error;
  }
}

/** `IMMEDIATE`, so that it waits for the lock at its start and not, where waiting is of no use, in the middle. */
function transaction<T>(db: SqliteDatabase, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      db.exec("ROLLBACK");
    } catch {
      // SQLite has done so itself after some errors.
    }
    throw error;
  }
}

function checkForm(db: SqliteDatabase, path: string): number {
  const form = Number((db.prepare("PRAGMA user_version").get() as { user_version: number | bigint }).user_version);
  if (form <= FORM) return form;
  const foreign = foreignError(tableNames(db), path);
  if (foreign !== undefined) throw foreign;
  const fields = { format: `index ${path}`, found: String(form), supported: String(FORM) };
  const hint = "update @atdata/local";
  throw new AtdataError("FORMAT_TOO_NEW", "the index was made by a newer version", fields, { hint });
}

/** Tells whether a database is new, or Python's, and not yet in the form of ours; fails where it is of something else. */
function isUnready(db: SqliteDatabase, path: string): boolean {
  const names = tableNames(db);
  const foreign = foreignError(names, path);
  if (foreign !== undefined) throw foreign;
  return names.length === 0 || checkForm(db, path) < FORM;
}

function tableNames(db: SqliteDatabase): unknown[] {
  return (db.prepare(TABLE_NAMES).all() as { name: string }[]).map(({ name }) => name);
}

/** Waits by itself: SQLite does not wait for others when it changes the kind of log. */
async function writeAhead(db: SqliteDatabase): Promise<void> {
  for (const until = Date.now() + BUSY_MS; ; await sleep(POLL_MS)) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (resultCode(error) !== "BUSY" || Date.now() > until) throw error;
    }
  }
}

/** Opening for reading alone leaves files behind that only a writer removes: done only where a writer has put them there. */
function modeFor(path: string): SqliteMode {
  if (path === MEMORY) return "write";
  if (mayAccess(path, constants.W_OK) && mayAccess(dirname(path), constants.W_OK)) return "write";
  return existsSync(`${path}-shm`) || (sizeOf(`${path}-wal`) ?? 0) > 0 ? "read" : "immutable";
}

/** Tells which file has the name; of one that is read as it is, also whether it was written since. */
function stateOf(path: string, mode: SqliteMode): string | undefined {
  const stats = path === MEMORY ? undefined : statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const file = `${stats.dev} ${stats.ino}`;
  return mode === "immutable" ? `${file} ${stats.size} ${stats.mtimeMs} ${sizeOf(`${path}-wal`)}` : file;
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

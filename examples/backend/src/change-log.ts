import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AtdataError, type IndexEntry, type Label, type StoredLensRecord, type StoredSchema } from "@atdata/core";
import { fromText, toText } from "./json-bytes.ts";

/** What all changes so far come to: rows by key, in the order of putting. */
export interface Tables {
  readonly entries: ReadonlyMap<string, IndexEntry>;
  readonly schemas: ReadonlyMap<string, StoredSchema>;
  readonly lenses: ReadonlyMap<string, StoredLensRecord>;
  readonly labels: ReadonlyMap<string, Label>;
}

/** One row put over another of the same key, or taken out where there is no row. */
export interface Change {
  readonly table: keyof Tables;
  readonly key: string;
  readonly row?: unknown;
}

/** What an operation gives, and the change it makes, if any. */
export interface Decision<T> {
  readonly result: T;
  readonly change?: Change | undefined;
}

/** Runs an operation on the newest tables; it is asked again where somebody else was faster. */
export type Transact = <T>(decide: (tables: Tables) => Decision<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Opens a log: a folder of files `000000001.json`, `000000002.json` …, each of which holds one change.
 *
 * A file is never changed. Each gets its number by a hard link, which fails where the number is taken: so of several
 * writers one wins, nobody reads half a change, and all see the changes in the same order.
 */
export function openLog(folder: string): Transact {
  const tables = { entries: new Map(), schemas: new Map(), lenses: new Map(), labels: new Map() };
  const fileOf = (number: number): string => join(folder, `${String(number).padStart(9, "0")}.json`);
  let seen = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function catchUp(): Promise<void> {
    for (;;) {
      const file = fileOf(seen + 1);
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw failed("read", error);
      });
      if (text === undefined) return;
      const { table, key, row } = parseChange(text, file);
      const rows: Map<string, unknown> = tables[table];
      rows.delete(key); // a map keeps the place of the first insertion, and what is put again comes last
      if (row !== undefined) rows.set(key, row);
      seen++;
    }
  }

  async function append(change: Change): Promise<boolean> {
    const temporary = join(folder, `.${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(temporary, toText(change), { flush: true });
      await link(temporary, fileOf(seen + 1));
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw failed("write", error);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  return (decide, signal) => {
    const mine = turn.then(async () => {
      for (;;) {
        signal?.throwIfAborted();
        await catchUp();
        const { result, change } = decide(tables);
        if (change === undefined || (await append(change))) return structuredClone(result);
      }
    });
    turn = mine.catch(() => {});
    return mine;
  };
}

function parseChange(text: string, file: string): Change {
  try {
    const { table, key, row } = fromText(text) as Partial<Change>;
    if ((table === "entries" || table === "schemas" || table === "lenses" || table === "labels") && key !== undefined) {
      return { table, key, row };
    }
  } catch {
    // Told below.
  }
  throw new AtdataError("INDEX_CORRUPT", "file holds no change", { index: "folder", key: file });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function failed(operation: string, cause: unknown): AtdataError<"INDEX_FAILED"> {
  return new AtdataError("INDEX_FAILED", "file system refuses", { index: "folder", operation }, { cause });
}

import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { AtdataError, isAtdataError } from "@atdata/core";

/** SQLite's primary result codes that mean something to a user. */
const NAMES: Readonly<Record<number, string>> = {
  3: "PERM",
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  26: "NOTADB",
};

/** Tells SQLite's primary result code by name, such as `"BUSY"`, whichever driver the error is from. */
export function resultCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return NAMES[error.errcode & 0xff] ?? "ERROR";
  const code = "code" in error ? String(error.code) : "";
  return /^SQLITE_([A-Z]+)/.exec(code)?.[1];
}

/** Tells whether a statement names a table that is not there. */
export function isTableMissing(error: unknown): boolean {
  return error instanceof Error && /^no such table\b/.test(error.message);
}

/** Turns an error of a driver or of `node:fs` into the one of ours that fits; errors of ours and wrong arguments pass. */
export function indexError(cause: unknown, path: string, operation: string): unknown {
  if (isAtdataError(cause)) return cause;
  const code = resultCode(cause);
  const system = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  if (code === "NOTADB" || code === "CORRUPT") {
    const hint = "bring it back from a copy, or move it away to begin a new one";
    const what = code === "CORRUPT" ? "the database is damaged" : "the file is no SQLite database";
    return new AtdataError("INDEX_CORRUPT", what, { index: path }, { hint, cause });
  }
  if (code === "CANTOPEN" || system === "EISDIR" || system === "EEXIST") {
    if (isDirectory(path)) {
      const hint = "name the file in it, such as index.db";
      return new AtdataError("INDEX_CORRUPT", "a directory is no SQLite database", { index: path }, { hint, cause });
    }
    if (!mayAccess(path, constants.F_OK)) {
      if (!mayAccess(dirname(path), constants.W_OK)) return accessDenied(path, "write the index", cause);
    } else if (!mayAccess(path, constants.R_OK)) return accessDenied(path, "read the index", cause);
  }
  if (code === "READONLY" || code === "PERM" || system === "EACCES" || system === "EPERM" || system === "EROFS") {
    return accessDenied(path, "write the index", cause);
  }
  if (code === "BUSY" || code === "LOCKED") {
    const hint = "try again, or look which process keeps the database locked";
    const fields = { index: path, operation };
    return new AtdataError("INDEX_FAILED", "another process keeps the database locked", fields, { hint, cause });
  }
  if (code === "FULL" || code === "IOERR" || system === "ENOSPC" || system === "EFBIG") {
    const hint = "look whether the disk or a quota is full";
    const fields = { index: path, operation };
    return new AtdataError("INDEX_FAILED", `the database could not be accessed (${code ?? system})`, fields, {
      hint,
      cause,
    });
  }
  if (code === undefined && system === undefined) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AtdataError("INDEX_FAILED", `the database refused: ${message}`, { index: path, operation }, { cause });
}

/** Says that an index may not be read or written. */
export function accessDenied(path: string, action: string, cause?: unknown): AtdataError {
  return new AtdataError("ACCESS_DENIED", `no permission to ${action}`, { url: path }, { cause });
}

/** Tells whether this process may access a path in a mode of `node:fs`'s `constants`. */
export function mayAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

import process from "node:process";
import { pathToFileURL } from "node:url";
import { AtdataError } from "@atdata/core";
import type { SqliteDriver } from "./driver.ts";

/** Opens databases with the SQLite that is built into Node. */
export const nodeSqlite: SqliteDriver = (path, mode) => {
  const { DatabaseSync } = loadSqlite();
  if (mode !== "immutable") return new DatabaseSync(path, { readOnly: mode === "read" });
  return new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
};

/** Node 22 warns when the module is first loaded; what else is warned of meanwhile is passed on. */
function loadSqlite(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === "ExperimentalWarning" && String(warning).startsWith("SQLite ")) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    const sqlite: typeof import("node:sqlite") | undefined = process.getBuiltinModule("node:sqlite");
    if (sqlite !== undefined) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  const hint = "give betterSqlite3(Database) as driver";
  throw new AtdataError("UNSUPPORTED", "this runtime has no node:sqlite", { operation: "open an index" }, { hint });
}

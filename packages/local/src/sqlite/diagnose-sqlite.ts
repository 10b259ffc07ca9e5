import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CallOptions } from "@atdata/core";
import { atdataHome } from "../home.ts";
import { type Diagnosis, type Finding, foundBroken, medianMs } from "../shared/diagnosis.ts";
import { folderFindings } from "../shared/folder-findings.ts";
import { nodeSqlite } from "./node-driver.ts";
import { SqliteFile } from "./sqlite-file.ts";
import { foreignError, TABLE_NAMES } from "./tables.ts";

const NEW: Finding = { level: "note", code: "INDEX_NEW", what: "there is no index yet: the first write makes it" };

/**
 * Tells how fit an SQLite file is for an index: whether it is whole and one of ours, may be written, and lies where several processes may use it. It
 * changes nothing, and makes no file.
 *
 * What is wrong is told as findings, and not thrown. The whole file is read.
 *
 * @param path - The file, default `index.db` in `atdataHome()`.
 */
export async function diagnoseSqlite(
  path: string = join(atdataHome(), "index.db"),
  options: CallOptions = {},
): Promise<Diagnosis> {
  options.signal?.throwIfAborted();
  const file = new SqliteFile(path, nodeSqlite);
  const where = file.path;
  const findings = (await folderFindings(dirname(where))).map(onIndex);
  if (!existsSync(where)) {
    return { where, findings: [...findings, NEW] };
  }
  try {
    const ask = (sql: string): Record<string, unknown>[] =>
      (file.read("diagnose", (prepare) => prepare(sql)?.all()) ?? []) as Record<string, unknown>[];
    const [first] = ask("SELECT sqlite_version() AS version");
    const server = `sqlite ${first?.version}`;
    const damaged = damage(ask("PRAGMA quick_check(1)"));
    if (damaged !== undefined) return { where, server, findings: [...findings, damaged] };
    const tables = ask(TABLE_NAMES).map(({ name }) => name);
    const foreign = foreignError(tables, where);
    if (foreign !== undefined) return { where, server, findings: [...findings, foundBroken(foreign)] };
    if (tables.length === 0) findings.push(NEW);
    const latencyMs = await medianMs(async () => ask("SELECT cid FROM dataset_entries LIMIT 1"));
    return { where, server, latencyMs, findings };
  } catch (error) {
    return { where, findings: [...findings, foundBroken(error)] };
  } finally {
    file.close();
  }
}

/** Locks of files do not hold between machines, and the log that is written ahead needs memory that they share. */
function onIndex(finding: Finding): Finding {
  if (finding.code !== "REMOTE_FILE_SYSTEM") return finding;
  const what = `${finding.what}, where processes of several machines would damage the index`;
  return {
    ...finding,
    level: "warning",
    what,
    advice: "keep it on a local disk, or use Redis or Postgres to share one",
  };
}

function damage([row]: readonly Record<string, unknown>[]): Finding | undefined {
  const said = String(Object.values(row ?? {})[0]);
  if (said === "ok") return undefined;
  const advice = "bring it back from a copy; sqlite3's .recover saves what can be read";
  // A heading stands first.
  const what = `the database is damaged: ${said.split("\n").at(-1)}`;
  return { level: "broken", code: "INDEX_CORRUPT", what, advice };
}

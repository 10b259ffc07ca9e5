import type { Finding } from "../shared/diagnosis.ts";

/** What a database says of itself; settings as `SHOW` has them. */
export interface PostgresFacts extends Readonly<Record<string, unknown>> {
  readonly version: string;
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
  readonly standby: boolean;
  readonly readOnly: string;
  /** Where new tables go; null when nowhere. */
  readonly schema: string | null;
  readonly mayCreate: boolean | null;
}

/** One of the tables of an index that are there. */
export interface TableFacts {
  readonly name: string;
  readonly logged: boolean;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

const TABLES = 4;

/** Tells of what a database is set up for that does not go with an index, the worst first. */
export function postgresFindings(facts: PostgresFacts, tables: readonly TableFacts[]): Finding[] {
  return [...durability(facts), ...unlogged(tables), ...readOnly(facts), ...privileges(facts, tables)];
}

function durability({ fsync, fullPageWrites, synchronousCommit }: PostgresFacts): Finding[] {
  const findings: Finding[] = [];
  if (fsync === "off") {
    const what = "it does not see to it that what was written is on disk (fsync off): a crash may destroy all";
    findings.push({ level: "warning", code: "POSTGRES_FSYNC_OFF", what, advice: "set fsync = on in postgresql.conf" });
  }
  if (fullPageWrites === "off") {
    const what = "a crash may leave pages half written (full_page_writes off)";
    const advice = "set full_page_writes = on in postgresql.conf";
    findings.push({ level: "warning", code: "POSTGRES_TORN_PAGES", what, advice });
  }
  if (synchronousCommit === "off") {
    const what = "what was written last may be lost in a crash (synchronous_commit off)";
    const advice = "set synchronous_commit = on for this user or database";
    findings.push({ level: "warning", code: "POSTGRES_ASYNC_COMMIT", what, advice });
  }
  return findings;
}

function unlogged(tables: readonly TableFacts[]): Finding[] {
  const names = tables.filter(({ logged }) => !logged).map(({ name }) => name);
  if (names.length === 0) return [];
  const what = `tables are emptied after a crash: ${names.join(", ")} (unlogged or temporary)`;
  return [{ level: "broken", code: "POSTGRES_UNLOGGED", what, advice: "ALTER TABLE … SET LOGGED" }];
}

function readOnly({ standby, readOnly }: PostgresFacts): Finding[] {
  if (standby) {
    const what = "it is a standby, which may only be read";
    return [{ level: "warning", code: "POSTGRES_READ_ONLY", what, advice: "connect to the primary" }];
  }
  if (readOnly !== "on") return [];
  const what = "this user or database is set to read only (default_transaction_read_only)";
  return [{ level: "warning", code: "POSTGRES_READ_ONLY", what, advice: "set default_transaction_read_only = off" }];
}

function privileges({ schema, mayCreate, standby }: PostgresFacts, tables: readonly TableFacts[]): Finding[] {
  const code = "POSTGRES_PRIVILEGES";
  const unread = tables.filter(({ mayRead }) => !mayRead).map(({ name }) => name);
  if (unread.length > 0) {
    const what = `this user may not read ${unread.join(", ")}`;
    return [{ level: "broken", code, what, advice: "GRANT SELECT, INSERT, UPDATE, DELETE ON the tables TO the user" }];
  }
  if (tables.length < TABLES) {
    if (mayCreate === true) {
      return [{ level: "note", code: "INDEX_NEW", what: "there is no index yet: the first use makes its tables" }];
    }
    const where = schema === null ? "search_path names no schema" : `this user may not make tables in ${schema}`;
    const advice = "GRANT CREATE ON SCHEMA to the user, or let another user make the tables";
    return standby ? [] : [{ level: "broken", code, what: `tables are missing, and ${where}`, advice }];
  }
  const unwritten = tables.filter(({ mayWrite }) => !mayWrite).map(({ name }) => name);
  if (unwritten.length === 0) return [];
  const advice = "GRANT INSERT, UPDATE, DELETE ON the tables TO the user";
  return [{ level: "warning", code, what: `this user may only read ${unwritten.join(", ")}`, advice }];
}

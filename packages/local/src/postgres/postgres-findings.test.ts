import { expect, it } from "vitest";
import { type PostgresFacts, postgresFindings, type TableFacts } from "./postgres-findings.ts";

const FIT: PostgresFacts = {
  ...{ version: "15.1", fsync: "on", synchronousCommit: "on", fullPageWrites: "on" },
  ...{ standby: false, readOnly: "off", schema: "public", mayCreate: true },
};
const TABLES = ["dataset_entries", "schemas", "lenses", "labels"].map((name) => {
  return { name, logged: true, mayRead: true, mayWrite: true };
});
const all = (change: Partial<TableFacts>): TableFacts[] => TABLES.map((table) => ({ ...table, ...change }));

it.each<[string, Partial<PostgresFacts>, readonly TableFacts[], string[]]>([
  ["one that is fit", {}, TABLES, []],
  ["no fsync", { fsync: "off" }, TABLES, ["warning POSTGRES_FSYNC_OFF"]],
  ["torn pages", { fullPageWrites: "off" }, TABLES, ["warning POSTGRES_TORN_PAGES"]],
  ["late commits", { synchronousCommit: "off" }, TABLES, ["warning POSTGRES_ASYNC_COMMIT"]],
  ["a standby", { standby: true }, TABLES, ["warning POSTGRES_READ_ONLY"]],
  ["a user who reads only", { readOnly: "on" }, TABLES, ["warning POSTGRES_READ_ONLY"]],
  ["tables without a log", {}, all({ logged: false }), ["broken POSTGRES_UNLOGGED"]],
  ["tables that may not be read", {}, all({ mayRead: false, mayWrite: false }), ["broken POSTGRES_PRIVILEGES"]],
  ["tables that may not be written", {}, all({ mayWrite: false }), ["warning POSTGRES_PRIVILEGES"]],
  ["no tables yet", {}, [], ["note INDEX_NEW"]],
  ["no tables, and no right to make them", { mayCreate: false }, [], ["broken POSTGRES_PRIVILEGES"]],
  ["no place for tables", { schema: null, mayCreate: null }, [], ["broken POSTGRES_PRIVILEGES"]],
])("knows %s", (_, facts, tables, want) => {
  const found = postgresFindings({ ...FIT, ...facts }, tables);
  expect(found.map(({ level, code }) => `${level} ${code}`)).toEqual(want);
});

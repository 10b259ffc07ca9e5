import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addIndexAdd } from "./index-add.ts";
import { addIndexLabel } from "./index-label.ts";
import { addIndexList } from "./index-list.ts";
import { addIndexRm } from "./index-rm.ts";
import { addIndexSearch } from "./index-search.ts";
import { addIndexShow } from "./index-show.ts";

/** Adds the commands about the datasets of an index. */
export function addIndex(program: Command, terminal: Terminal): void {
  const group = program.command("index").description("list, find, name and remove the datasets of an index");
  addIndexList(group, terminal);
  addIndexSearch(group, terminal);
  addIndexShow(group, terminal);
  addIndexAdd(group, terminal);
  addIndexLabel(group, terminal);
  addIndexRm(group, terminal);
}

import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addLensCheck } from "./lens-check.ts";
import { addLensList } from "./lens-list.ts";
import { addLensPublish } from "./lens-publish.ts";
import { addLensVerify } from "./lens-verify.ts";

/** Adds the commands about lenses. */
export function addLens(program: Command, terminal: Terminal): void {
  const group = program.command("lens").description("publish, try, verify and list lenses");
  addLensPublish(group, terminal);
  addLensCheck(group, terminal);
  addLensVerify(group, terminal);
  addLensList(group, terminal);
}

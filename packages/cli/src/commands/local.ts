import { atdataHome } from "@atdata/local/node";
import type { Command } from "commander";
import { localFiles } from "../local/local-state.ts";
import type { Terminal } from "../terminal.ts";
import { addLocalDown } from "./local-down.ts";
import { addLocalStatus } from "./local-status.ts";
import { addLocalUp } from "./local-up.ts";

/** Adds the commands for servers on this machine. */
export function addLocal(program: Command, terminal: Terminal): void {
  const local = program
    .command("local")
    .summary("run Redis and S3 on this machine, to try things out")
    .description("Starts Redis and S3 on this machine, for development, and ends them.");
  const files = localFiles(atdataHome());
  addLocalUp(local, terminal, files);
  addLocalDown(local, terminal, files);
  addLocalStatus(local, terminal, files);
}

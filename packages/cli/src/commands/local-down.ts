import type { Command } from "commander";
import { stopLocal } from "../local/local-down.ts";
import type { LocalFiles } from "../local/local-state.ts";
import type { Terminal } from "../terminal.ts";

interface DownOptions {
  readonly data?: boolean;
  readonly json?: true;
}

/** Adds the command that ends servers. */
export function addLocalDown(local: Command, terminal: Terminal, files: LocalFiles): void {
  local
    .command("down")
    .summary("end what `local up` has started")
    .description(
      "Ends the servers that `atdata local up` has started, and no others. What they hold is kept for the next time.",
    )
    .option("--data", "remove what they hold, their passwords and their settings, too")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata local down
  $ atdata local down --data`,
    )
    .action(async ({ data = false, json }: DownOptions) => {
      const { out, signal } = terminal;
      const stopped = await stopLocal(files, data, signal);
      if (json) return out.write(`${JSON.stringify({ stopped, data: data ? "removed" : "kept" })}\n`);
      const ended = stopped.length === 0 ? "nothing ran" : `${stopped.join(" and ")} ended`;
      await out.write(`${ended}${data ? ", all data removed" : ""}\n`);
    });
}

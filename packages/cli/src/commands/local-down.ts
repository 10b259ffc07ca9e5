import type { Command } from "commander";
import { stopLocal } from "../local/local-down.ts";
import type { LocalFiles } from "../local/local-state.ts";
import type { Terminal } from "../terminal.ts";

interface DownOptions {
  readonly data?: true;
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
    .action(async (options: DownOptions) => {
      const { out, signal } = terminal;
      const done = await stopLocal(files, options.data === true, signal);
      if (options.json) return out.write(`${JSON.stringify(done)}\n`);
      const { stopped, data } = done;
      const ended = stopped.length === 0 ? "nothing ran" : `${stopped.join(" and ")} ended`;
      const text = data === "none" ? "nothing was started" : data === "removed" ? `${ended}, all data removed` : ended;
      await out.write(`${text}\n`);
    });
}

import type { Command } from "commander";
import { formatTable } from "../format/table.ts";
import { urlOf } from "../local/local-settings.ts";
import { type LocalFiles, readState } from "../local/local-state.ts";
import { runningServices } from "../local/running-services.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that tells of servers. */
export function addLocalStatus(local: Command, terminal: Terminal, files: LocalFiles): void {
  local
    .command("status")
    .summary("tell whether they run")
    .description(
      "Tells of the servers of `atdata local up` whether they run, and where. Ends with status 1 unless all do.",
    )
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata local status
  $ atdata local status --json`,
    )
    .action(async (options: { json?: true }) => {
      const { out, signal } = terminal;
      const { colors } = out;
      const state = readState(files);
      const running = state === undefined ? [] : await runningServices(files, state, signal);
      const services = (state?.services ?? []).map(({ name, program, port, processes }) => {
        const isRunning = running.includes(name);
        const pids = isRunning ? processes.map(({ pid }) => pid) : [];
        return { name, program, url: urlOf(name, port), running: isRunning, pids };
      });
      if (services.length === 0 || services.some((each) => !each.running)) terminal.exit.onSuccess = 1;
      if (options.json) return out.write(`${JSON.stringify({ services })}\n`);
      const rows = services.map(({ name, program, url, running, pids }) => {
        const of = pids.length === 0 ? "" : ` (${pids.join(", ")})`;
        return [
          colors.bold(name),
          program,
          url,
          running ? `${colors.green("runs")}${of}` : colors.yellow("does not run"),
        ];
      });
      if (rows.length === 0) rows.push(["nothing was started; atdata local up does"]);
      await out.write(`${formatTable(rows).join("\n")}\n`);
    });
}

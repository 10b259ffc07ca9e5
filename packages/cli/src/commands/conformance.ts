import { type Backend, checkBackend, type ProtocolReport } from "@atdata/conformance";
import { AtdataError } from "@atdata/core";
import type { Command } from "commander";
import { formatTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import { importModule } from "../import-module.ts";
import type { Colors, Terminal } from "../terminal.ts";

const FACTORIES: readonly (keyof Backend)[] = [
  "makeSource",
  "makeStore",
  "makeIndexProvider",
  "makeSearchBackend",
  "makeShardFormat",
  "makePlugin",
  "makeTelemetry",
];

/** Adds the command that holds somebody's backend to the rules of atdata's protocols. */
export function addConformance(program: Command, terminal: Terminal): void {
  program
    .command("conformance")
    .summary("hold a backend of your own to the rules of the protocols")
    .description(
      "Imports a module and runs the cases of @atdata/conformance against what its factories make. It may export any of " +
        `${FACTORIES.join(", ")}; what each of them makes is in the kit's README.\n\n` +
        "Ends with status 1 when a case fails. A case is skipped only where the backend does not declare what it needs.",
    )
    .argument("<module>", "path of an ES module that exports factories")
    .option("--report", "print the report of every case as one JSON document")
    .option("--json", "the same as --report")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata conformance ./backend.js
  $ atdata conformance ./backend.js --report > report.json`,
    )
    .action(async (path: string, options: { report?: true; json?: true }) => {
      const { exit, out } = terminal;
      const reports = await checkBackend(await loadBackend(path));
      if (reports.some(({ failed }) => failed > 0)) exit.onSuccess = 1;
      if (options.report || options.json)
        return out.write(`${JSON.stringify({ module: path, protocols: reports }, noErrors)}\n`);
      await out.write(`${reportLines(reports, out.colors).join("\n")}\n`);
    });
}

/** Errors are told by their messages. */
function noErrors(key: string, value: unknown): unknown {
  return key === "error" ? undefined : value;
}

async function loadBackend(path: string): Promise<Backend> {
  const module = await importModule(path, "backend module");
  const given = FACTORIES.filter((name) => module[name] !== undefined);
  if (given.length === 0) {
    throw invalid(path, "module exports no factory", `export one of ${FACTORIES.join(", ")}`);
  }
  for (const name of given) {
    if (typeof module[name] !== "function")
      throw invalid(path, `${name} is no function`, "export a function that makes one");
  }
  return module;
}

function invalid(url: string, message: string, hint: string): AtdataError<"FORMAT_INVALID"> {
  return new AtdataError("FORMAT_INVALID", message, { format: "backend module", url }, { hint });
}

function reportLines(reports: readonly ProtocolReport[], colors: Colors): string[] {
  const rows = reports.map(({ protocol, passed, failed, skipped }) => [
    protocol,
    `${passed} passed`,
    failed > 0 ? colors.red(`${failed} failed`) : "0 failed",
    `${skipped} skipped`,
  ]);
  const lines = formatTable(rows, ["left", "right", "right", "right"]);
  for (const { results } of reports) {
    for (const { id, rule, outcome, reason } of results) {
      if (outcome === "passed") continue;
      lines.push("", `${outcome === "failed" ? colors.red(outcome) : outcome} ${id}: ${rule}`);
      if (reason !== undefined) lines.push(`  ${plainText(reason)}`);
    }
  }
  return lines;
}

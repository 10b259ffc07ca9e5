import type { Finding } from "@atdata/local/sqlite";
import type { Command } from "commander";
import { userConfig } from "../config/open-index.ts";
import { type Diagnosed, diagnoseRepos } from "../diagnose/diagnose-repos.ts";
import { plainText } from "../format/text.ts";
import { formatNumberOf } from "../format/units.ts";
import { progressLine } from "../progress.ts";
import type { Colors, Terminal } from "../terminal.ts";

/** Adds the command that looks at what is configured. */
export function addDiagnose(program: Command, terminal: Terminal): void {
  program
    .command("diagnose")
    .summary("look whether indexes and stores work, and keep what they are given")
    .description(
      "Looks at the index and the store of every repository of this user: can it be reached and written, how fast does it answer, is it " +
        "set up to lose data, does its clock go right; and whether others can read files with passwords. Finds what Python atdata has " +
        "written into a Redis meanwhile. Leaves nothing behind.\n\n" +
        "Ends with status 1 when something is broken; warnings alone are no failure. `atdata doctor` looks at a dataset.",
    )
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata diagnose
  $ atdata diagnose --json | jq '.parts[].findings[]'`,
    )
    .action(async (options: { json?: true }) => {
      const { out, signal } = terminal;
      const progress = progressLine(terminal.err);
      const parts: Diagnosed[] = [];
      try {
        for await (const part of diagnoseRepos(await userConfig(), { signal })) {
          parts.push(part);
          if (!options.json) {
            progress.clear();
            await out.write(`${linesOf(part, out.colors).join("\n")}\n`);
          }
          progress.show(() => "looking at the next one");
        }
      } finally {
        progress.clear();
      }
      const count = (level: Finding["level"]): number =>
        parts.reduce((sum, { findings }) => sum + findings.filter((each) => each.level === level).length, 0);
      const [broken, warnings] = [count("broken"), count("warning")];
      if (broken > 0) terminal.exit.onSuccess = 1;
      if (options.json) await out.write(`${JSON.stringify({ parts: parts.map(partJson), broken, warnings })}\n`);
      else await out.write(`\n${summary(broken, warnings)}\n`);
    });
}

function partJson({ repo, part, where, server, latencyMs, clockMs, findings }: Diagnosed): object {
  return {
    ...{ repo: repo ?? null, part, where, server: server ?? null },
    ...{ latencyMs: rounded(latencyMs), clockMs: rounded(clockMs), findings },
  };
}

/** To microseconds. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000;
}

function linesOf({ repo, part, where, server, latencyMs, findings }: Diagnosed, colors: Colors): string[] {
  const worst = (["broken", "warning"] as const).find((level) => findings.some((each) => each.level === level));
  const verdict = worst === undefined ? colors.green("ok     ") : paintOf(worst, colors)(worst.padEnd(7));
  const name = repo === undefined ? part : `@${repo} ${part}`;
  const facts = [server, latencyMs === undefined ? undefined : `answers in ${formatMs(latencyMs)}`];
  const known = facts.filter((fact) => fact !== undefined).map((fact) => plainText(fact));
  const end = known.length === 0 ? "" : colors.dim(`  ${known.join(", ")}`);
  const head = `${verdict}  ${colors.bold(name)}  ${plainText(where)}${end}`;
  return [head, ...findings.flatMap((finding) => findingLines(finding, colors))];
}

function findingLines({ level, code, what, advice }: Finding, colors: Colors): string[] {
  const lines = [`         ${paintOf(level, colors)(level)}  ${code}: ${plainText(what)}`];
  if (advice !== undefined) lines.push(`           ${colors.cyan("try:")} ${plainText(advice)}`);
  return lines;
}

function paintOf(level: Finding["level"], colors: Colors): (text: string) => string {
  return { broken: colors.red, warning: colors.yellow, note: colors.dim }[level];
}

function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`;
}

function summary(broken: number, warnings: number): string {
  if (broken + warnings === 0) return "all works";
  return [broken > 0 ? `${broken} broken` : "nothing is broken", formatNumberOf(warnings, "warning")].join(", ");
}

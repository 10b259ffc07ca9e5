import { isAtdataError } from "@atdata/core";
import type { Command } from "commander";
import { diagnose } from "../doctor/diagnose.ts";
import { fixManifests } from "../doctor/fix.ts";
import { clearLeftOvers, findLeftOvers } from "../doctor/left-overs.ts";
import type { Problem } from "../doctor/problem.ts";
import { problemLines } from "../format/problem-lines.ts";
import { formatNumberOf } from "../format/units.ts";
import { type Opened, openRef, REF_HELP } from "../open.ts";
import type { Terminal } from "../terminal.ts";

interface DoctorOptions {
  readonly fix?: true;
  readonly json?: true;
}

/** Adds the command that looks for damage. */
export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command("doctor")
    .summary("read a dataset whole and tell what is wrong with it")
    .description(
      "Reads a dataset whole and tells what is wrong with it: shards that are cut short or differ from their checksum, interleaved " +
        "or duplicate keys, samples that do not fit the type, manifests that are missing, stale or damaged, left-overs of killed writers.\n\n" +
        "Ends with status 1 when something is wrong. --fix rewrites manifests, without provenance and sample hashes, and removes " +
        "left-overs; it never touches shards.",
    )
    .argument("<ref>", REF_HELP)
    .option("--fix", "rewrite manifests and remove left-overs, then look again")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata doctor out/digits.tar
  $ atdata doctor out/ --fix --json`,
    )
    .action(async (ref: string, options: DoctorOptions) => {
      const { out, signal } = terminal;
      let found = await examine(ref, terminal);
      const fixable = found.problems.filter(({ fixable }) => fixable).length;
      let fixed = 0;
      if (options.fix && fixable > 0) {
        await clearLeftOvers(await findLeftOvers(ref));
        if (found.opened !== undefined) await fixManifests(found.opened, found.problems, signal);
        found = await examine(ref, terminal);
        fixed = fixable - found.problems.filter((each) => each.fixable).length;
      }
      const { problems } = found;
      if (problems.length > 0) terminal.exit.onSuccess = 1;
      if (options.json) return out.write(`${JSON.stringify({ problems, fixed })}\n`);
      const lines = problemLines(problems, out.colors);
      if (fixed > 0) lines.push(`${formatNumberOf(fixed, "problem")} mended`);
      if (problems.length === 0) lines.push("nothing is wrong");
      else if (!options.fix && fixable > 0) lines.push(`--fix mends ${fixable} of ${problems.length}`);
      await out.write(`${lines.join("\n")}\n`);
    });
}

interface Examined {
  /** Absent where a killed writer left no dataset. */
  readonly opened?: Opened;
  readonly problems: readonly Problem[];
}

async function examine(ref: string, terminal: Terminal): Promise<Examined> {
  const leftOvers = (await findLeftOvers(ref)).map(({ problem }) => problem);
  let opened: Opened;
  try {
    opened = await openRef(ref, terminal);
  } catch (error) {
    // The writer that was killed got no further than this.
    if (leftOvers.length > 0 && isAtdataError(error, "NOT_FOUND", "NO_SHARDS")) return { problems: leftOvers };
    throw error;
  }
  return { opened, problems: [...(await diagnose(opened, terminal)), ...leftOvers] };
}

import type { Command } from "commander";
import { lawFacts, lawLines } from "../format/law-lines.ts";
import { LENS_FILE_HELP } from "../lens/lens-file.ts";
import { openLens, tryLens } from "../lens/open-lens.ts";
import { openUserIndex, REF_HELP } from "../open.ts";
import { parsePositive } from "../parse-count.ts";
import type { Terminal } from "../terminal.ts";

/** So many samples a lens is tried on, where the user does not say. */
export const LAW_SAMPLES = 100;

interface CheckOptions {
  readonly samples: number;
  readonly json?: true;
}

/** Adds the command that tries the laws of a lens. */
export function addLensCheck(group: Command, terminal: Terminal): void {
  group
    .command("check")
    .summary("try the laws of a lens on samples")
    .description(
      "Tries whether a lens is well-behaved: putting back what was got changes nothing, what was put is got, of two puts the last " +
        "counts. It is tried on the first samples of a dataset, or on made-up ones.",
    )
    .argument("<lens>", `@repo/name[@version], at:// uri, ${LENS_FILE_HELP}`)
    .argument("[dataset]", `made-up samples without: ${REF_HELP}`)
    .option("-n, --samples <count>", "on how many samples", parsePositive, LAW_SAMPLES)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Exit status: 0 when all laws hold, 1 when one does not.

Examples:
  $ atdata lens check migrate.ts out/digits.tar
  $ atdata lens check @alice.example.org/digit-to-thumb @local/digits -n 1000`,
    )
    .action(async (ref: string, dataset: string | undefined, { samples: count, json }: CheckOptions) => {
      const { out, exit } = terminal;
      const lens = await openLens(ref, await openUserIndex(terminal), terminal);
      const report = await tryLens(lens, { dataset, count }, terminal);
      if (!report.ok) exit.onSuccess = 1;
      if (json) await out.write(`${JSON.stringify(lawFacts(report, lens))}\n`);
      else await out.write(`${lawLines(report, lens, out.colors).join("\n")}\n`);
    });
}

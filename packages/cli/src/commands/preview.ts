import type { Command } from "commander";
import { readTypeFile, TYPE_HELP } from "../load-type.ts";
import { openRef, REF_HELP } from "../open.ts";
import { openAs } from "../open-as.ts";
import { parseCount } from "../parse-count.ts";
import type { Terminal } from "../terminal.ts";
import { type ShowOptions, writeEntries } from "../write-entries.ts";

interface PreviewOptions extends ShowOptions {
  readonly limit: number;
  readonly type?: string;
}

/** Adds the command that shows the first samples. */
export function addPreview(program: Command, terminal: Terminal): void {
  program
    .command("preview")
    .summary("show the first samples")
    .description(
      "Shows the first samples. Small 2-D arrays of uint8 are drawn.\n\n" +
        "Where no type is stored with the dataset, bytes that are exactly an array are shown as one.",
    )
    .argument("<ref>", REF_HELP)
    .option("-n, --limit <count>", "how many samples", parseCount, 5)
    .option("--json", "print one JSON object a line: key and sample")
    .option("--full", "with --json, print sparse matrices, data frames, safetensors and Arrow tensors whole")
    .option("--raw", "without a type, leave bytes bytes even where they are an array")
    .option("--type <file>", `decode by the type of ${TYPE_HELP}`)
    .addHelpText(
      "after",
      `
Examples:
  $ atdata preview out/digits.tar
  $ atdata preview 'data/*.tar' --limit 100 --json | jq .sample.label
  $ atdata preview data/old.tar --type digit.schema.json`,
    )
    .action(async (ref: string, options: PreviewOptions) => {
      const { signal } = terminal;
      const given = options.type === undefined ? undefined : await readTypeFile(options.type, terminal);
      const opened = await openRef(ref, terminal);
      const dataset = given === undefined ? opened.dataset : await openAs(opened, given, signal);
      await writeEntries(dataset.take(options.limit), options, terminal);
    });
}

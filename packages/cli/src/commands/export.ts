import { redactUrl } from "@atdata/core";
import { parsePredicate } from "@atdata/manifest";
import type { Command } from "commander";
import { plainText } from "../format/text.ts";
import { formatBytes, formatNumberOf } from "../format/units.ts";
import { readTypeFile, TYPE_HELP } from "../load-type.ts";
import { openRef, REF_HELP, readManifests } from "../open.ts";
import { openAs } from "../open-as.ts";
import { progressLine } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import { writeParquet } from "../write-parquet.ts";

interface ExportOptions {
  readonly where?: string;
  readonly type?: string;
  readonly json?: true;
}

/** Adds the command that writes a dataset as a Parquet file. */
export function addExport(program: Command, terminal: Terminal): void {
  program
    .command("export")
    .summary("write the samples into a Parquet file")
    .description(
      "Writes the samples into a Parquet file, a row a sample: __key__, then the fields.\n\n" +
        "Arrays of a fixed shape become fixed-size lists, others the bytes of .npy files; fields that are neither arrays, lists, numbers, " +
        "text nor bytes are left out. The file gets its name when it is whole, and replaces one of that name.",
    )
    .argument("<ref>", REF_HELP)
    .argument("<file>", "the Parquet file")
    .option("--where <predicate>", "only the samples that this is true for")
    .option("--type <file>", `decode by the type of ${TYPE_HELP}`)
    .option("--json", "print what was written as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata export out/digits.tar digits.parquet
  $ atdata export out/digits.tar sevens.parquet --where 'label = 7'`,
    )
    .action(async (ref: string, file: string, options: ExportOptions) => {
      const { out, signal } = terminal;
      const predicate = options.where === undefined ? undefined : parsePredicate(options.where);
      const given = options.type === undefined ? undefined : await readTypeFile(options.type, terminal);
      const opened = await openRef(ref, terminal, predicate === undefined ? [] : [readManifests(undefined)]);
      const dataset = given === undefined ? opened.dataset : await openAs(opened, given, signal);
      const progress = progressLine(terminal.err);
      const show = (rows: number): void => progress.show(() => `${formatNumberOf(rows, "row")} written`);
      const chosen = predicate === undefined ? dataset : dataset.where(predicate);
      const written = await writeParquet(chosen, file, signal, show).finally(() => progress.clear());
      const text = `${formatNumberOf(written.rows, "row")}, ${formatBytes(written.bytes)}, in ${redactUrl(file)}`;
      await out.write(options.json ? `${JSON.stringify(written)}\n` : `${plainText(text)}\n`);
    });
}

import { diffSchemas } from "@atdata/core";
import type { Command } from "commander";
import { diffText } from "../format/diff-text.ts";
import { loadType, noteInference, TYPE_REF_HELP } from "../load-type.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that compares two types. */
export function addSchemaDiff(schema: Command, terminal: Terminal): void {
  schema
    .command("diff")
    .summary("compare two types, and tell whether old data still reads")
    .description(
      "Compares the types of two datasets or schema files, the second being the later one.\n\n" +
        "The step is major when data of the first does not read as the second, minor when it does, patch when only " +
        "descriptions and notes differ. Names and versions of the types do not count.",
    )
    .argument("<from>", TYPE_REF_HELP)
    .argument("<to>", TYPE_REF_HELP)
    .option("--json", "print one JSON document: added, removed, changed, compatibility")
    .addHelpText(
      "after",
      `
Exit status: 0 when the types are the same, 1 when they differ, 2 when they cannot be compared.

Examples:
  $ atdata schema diff old/digits.tar new/digits.tar
  $ atdata schema diff digit.schema.json out/digits.dataset.json --json`,
    )
    .action(async (from: string, to: string, options: { json?: true }) => {
      const { exit, out } = terminal;
      exit.onFailure = 2;
      const [a, b] = [await loadType(from, terminal), await loadType(to, terminal)];
      const diff = diffSchemas(a.type, b.type);
      await out.write(options.json ? `${JSON.stringify(diff)}\n` : diffText(diff, out.colors));
      await noteInference(from, a, terminal);
      await noteInference(to, b, terminal);
      if (diff.compatibility !== "same") exit.onSuccess = 1;
    });
}

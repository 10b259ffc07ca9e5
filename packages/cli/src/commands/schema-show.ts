import { schemaToLocal } from "@atdata/core";
import type { Command } from "commander";
import { schemaText } from "../format/schema-text.ts";
import { loadType, noteInference, TYPE_REF_HELP } from "../load-type.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that shows the type of a dataset or schema file. */
export function addSchemaShow(schema: Command, terminal: Terminal): void {
  schema
    .command("show")
    .summary("show the type of a dataset or schema file")
    .description(
      "Shows the type of a dataset, or of a schema file in any form: the local one, a schema record, JSON Schema, .dataset.json.\n\n" +
        "Where no type is stored with a dataset, it is inferred from the first 100 samples, and a note says so.",
    )
    .argument("<ref>", TYPE_REF_HELP)
    .option("--json", "print the type in the local form, which --type and other commands read")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata schema show out/digits.tar
  $ atdata schema show digit.schema.json --json`,
    )
    .action(async (ref: string, options: { json?: true }) => {
      const loaded = await loadType(ref, terminal);
      if (options.json) await terminal.out.write(`${JSON.stringify(schemaToLocal(loaded.type), undefined, 2)}\n`);
      else await terminal.out.write(schemaText(loaded.type, terminal.out));
      await noteInference(ref, loaded, terminal);
    });
}

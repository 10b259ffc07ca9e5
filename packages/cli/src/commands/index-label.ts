import { type Command, Option } from "commander";
import { plainText } from "../format/text.ts";
import { openUserIndex } from "../open.ts";
import type { Terminal } from "../terminal.ts";

interface LabelOptions {
  readonly name?: string;
  readonly description?: string;
  readonly expect?: string;
  readonly new?: true;
  readonly json?: true;
}

/** Adds the command that gives a dataset a version or name. */
export function addIndexLabel(group: Command, terminal: Terminal): void {
  group
    .command("label")
    .summary("let a version, or a name, stand for a dataset")
    .description(
      "Lets a name and a version stand for a dataset; they stand for no other one after that.\n\n" +
        "Without a version it is what the name alone stands for.",
    )
    .argument("<ref>", "@repo/name[@version], or an id for the name")
    .argument("[version]", "a.b.c")
    .option("--name <name>", "another name than the dataset's own")
    .option("--description <text>", "what the label is for")
    .option("--expect <id>", "move the label only from the dataset of this id")
    .addOption(new Option("--new", "make the label only where there is none").conflicts("expect"))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index label @local/digits 1.0.0 --new
  $ atdata index label @local/digits@1.1.0 --name digits-stable`,
    )
    .action(async (ref: string, version: string | undefined, options: LabelOptions) => {
      const { out, signal } = terminal;
      const index = await openUserIndex(terminal);
      const { name, description } = options;
      const expect = options.new ? null : options.expect;
      const label = await index.label(ref, {
        version,
        name,
        description,
        signal,
        ...(expect !== undefined && { expect }),
      });
      const text = `@${label.repo}/${label.name}${label.version === "" ? "" : `@${label.version}`}`;
      const facts = { ref: text, id: label.id };
      await out.write(options.json ? `${JSON.stringify(facts)}\n` : `${plainText(`${text}  ${label.id}`)}\n`);
    });
}

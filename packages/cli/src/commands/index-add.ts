import type { SampleType } from "@atdata/core";
import type { Command } from "commander";
import { plainText } from "../format/text.ts";
import { loadType, noteInference, readTypeFile, TYPE_HELP } from "../load-type.ts";
import { openUserIndex } from "../open.ts";
import type { Terminal } from "../terminal.ts";
import { existingHint } from "../write-dataset.ts";

interface AddOptions {
  readonly type?: string;
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly license?: string;
  readonly overwrite?: true;
  readonly json?: true;
}

/** Adds the command that names a dataset that exists. */
export function addIndexAdd(group: Command, terminal: Terminal): void {
  group
    .command("add")
    .summary("name a dataset that exists, where it is")
    .description(
      "Puts a dataset into an index; its shards stay where they are. `atdata copy` copies, `atdata write` writes anew.\n\n" +
        "Where no type is stored with it, the one that its first samples fit is, and a note says so.",
    )
    .argument("<name>", "@repo/name[@version]")
    .argument("<dataset>", "path, directory, glob, brace pattern, dataset.json, http(s) or s3 url")
    .option("--type <file>", `the type of ${TYPE_HELP}`)
    .option("--description <text>", "what the dataset is")
    .option("--tag <word...>", "words to find it by")
    .option("--license <name>", "its licence, best as an SPDX identifier")
    .option("--overwrite", "let a name that stands for another dataset stand for this one")
    .option("--json", "print ref and id as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index add @local/digits@1.0.0 out/digits.tar --tag handwritten
  $ atdata index add @team/mnist 'https://example.org/mnist-{000000..000009}.tar'`,
    )
    .action(async (name: string, dataset: string, options: AddOptions) => {
      const { out, signal } = terminal;
      const { description, tag: tags, license, overwrite } = options;
      const loaded =
        options.type === undefined
          ? await loadType(dataset, terminal)
          : { type: await readTypeFile(options.type, terminal) };
      const index = await openUserIndex(terminal);
      const entry = await index
        .insert(name, dataset, {
          ...{ description, tags, license, overwrite, signal },
          type: loaded.type as SampleType,
        })
        .catch(existingHint);
      await noteInference(dataset, loaded, terminal);
      const facts = { ref: `@${entry.repo}/${entry.name}`, id: entry.id };
      await out.write(options.json ? `${JSON.stringify(facts)}\n` : `${plainText(`${facts.ref}  ${facts.id}`)}\n`);
    });
}

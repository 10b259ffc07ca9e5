import type { SampleType } from "@atdata/core";
import type { Command } from "commander";
import { plainText } from "../format/text.ts";
import { loadType, noteInference, TYPE_REF_HELP } from "../load-type.ts";
import { openUserIndex } from "../open.ts";
import { parseRepo } from "../parse-repo.ts";
import { schemaRef } from "../schema-ref.ts";
import type { Terminal } from "../terminal.ts";

interface PublishOptions {
  readonly to: string;
  readonly as?: string;
  readonly json?: true;
}

/** Adds the command that stores a type in an index. */
export function addSchemaPublish(schema: Command, terminal: Terminal): void {
  schema
    .command("publish")
    .summary("store a type in an index")
    .description(
      "Stores the type of a dataset or schema file in a repository, or finds the equal one that is stored.\n\n" +
        "A type without a version gets the next one that its difference from the latest asks for, 1.0.0 at first. Another type under " +
        "that name and version is a conflict.",
    )
    .argument("<ref>", TYPE_REF_HELP)
    .option("--to <repo>", "the repository; @me is the account that is logged in", parseRepo, "local")
    // Not --version, which the program has.
    .option("--as <version>", "a.b.c, instead of the type's own")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata schema publish digit.schema.json
  $ atdata schema publish out/digits.tar --to @team --as 1.1.0`,
    )
    .action(async (ref: string, { to: repo, as: version, json }: PublishOptions) => {
      const { out, signal } = terminal;
      const loaded = await loadType(ref, terminal);
      const index = await openUserIndex(terminal);
      const { created, held } = await index.publishSchema(loaded.type as SampleType, {
        ...{ repo, signal },
        ...(version !== undefined && { version }),
      });
      await noteInference(ref, loaded, terminal);
      const facts = { ref: schemaRef(held), repo: held.repo, name: held.name, version: held.version, created };
      if (json) await out.write(`${JSON.stringify(facts)}\n`);
      else await out.write(`${plainText(`${facts.ref}${created ? "" : "  was there already"}`)}\n`);
    });
}

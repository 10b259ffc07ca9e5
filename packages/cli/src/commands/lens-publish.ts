import { lensToJson } from "@atdata/core";
import type { Command } from "commander";
import { OWN_REPO } from "../config/parse-config.ts";
import { plainText } from "../format/text.ts";
import { LENS_FILE_HELP, readLensFile } from "../lens/lens-file.ts";
import { openUserIndex } from "../open.ts";
import { parseRepo } from "../parse-repo.ts";
import type { Terminal } from "../terminal.ts";

interface PublishOptions {
  readonly to: string;
  readonly as?: string;
  readonly name?: string;
  readonly description?: string;
  readonly json?: true;
}

/** Adds the command that publishes a lens. */
export function addLensPublish(group: Command, terminal: Terminal): void {
  group
    .command("publish")
    .summary("publish a declared lens, with the types on both sides")
    .description(
      "Stores a declared lens in a repository, with its types, or finds the equal one that is stored. It travels as data, which every " +
        "program runs without code; a lens of functions has none to send, and is refused.\n\n" +
        "The types that JSON names are looked up in the repository, then in local.",
    )
    .argument("<lens>", LENS_FILE_HELP)
    .option("--to <repo>", "the repository", parseRepo, OWN_REPO)
    .option("--as <version>", "a.b.c (default: the next patch of its name, 1.0.0 at first)")
    .option("--name <name>", "another name than its own")
    .option("--description <text>", "what it is for")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata lens publish migrate.ts --name digit-to-thumb
  $ atdata lens publish thumb.lens.json --to @team --as 2.0.0`,
    )
    .action(async (file: string, { to: repo, as: version, name, description, json }: PublishOptions) => {
      const { out, signal } = terminal;
      const index = await openUserIndex(terminal);
      const lens = await readLensFile(file, { index, repo, signal });
      // Refuses what is only code.
      lensToJson(lens);
      const { created, held } = await index.storeLens(lens, { repo, version, name, description, signal });
      const ref = `@${repo}/${held.name}@${held.version}`;
      if (json) await out.write(`${JSON.stringify({ ref, name: held.name, version: held.version, created })}\n`);
      else await out.write(`${plainText(`${ref}${created ? "" : "  was there already"}`)}\n`);
    });
}

import type { RepoEntry } from "@atdata/core";
import type { Command } from "commander";
import { writeNote } from "../load-type.ts";
import { openUserIndex } from "../open.ts";
import { parsePositive } from "../parse-count.ts";
import { parseRepo } from "../parse-repo.ts";
import type { Terminal } from "../terminal.ts";
import { writeEntryList } from "./index-list.ts";

interface SearchOptions {
  readonly tag?: readonly string[];
  readonly schema?: string;
  readonly repo?: string;
  readonly limit: number;
  readonly json?: true;
}

/** Adds the command that searches datasets. */
export function addIndexSearch(group: Command, terminal: Terminal): void {
  group
    .command("search")
    .summary("find datasets by words, tags or type")
    .description(
      "Finds the datasets that have all of the words in name, description or tags, all of the tags, and the type.",
    )
    .argument("[words...]", "words, whatever their case")
    .option("--tag <word...>", "tags that they have")
    .option("--schema <name>", "their type: Name or Name@version")
    .option("--repo <repo>", "only in this repository: its name, a handle or a DID", parseRepo)
    .option("-n, --limit <count>", "how many at the most", parsePositive, 100)
    .option("--json", "print one JSON object a line, as list does")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index search handwritten digits
  $ atdata index search --tag train --schema Digit --json`,
    )
    .action(async (words: readonly string[], { tag, schema, repo, limit, json }: SearchOptions) => {
      const { signal } = terminal;
      const index = await openUserIndex(terminal);
      const query = { text: words.join(" "), tags: tag, schema, repo };
      const entries: RepoEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await index.search({ ...query, limit: limit - entries.length, cursor }, { signal });
        entries.push(...page.entries);
        cursor = page.cursor;
      } while (cursor !== undefined && entries.length < limit);
      await writeEntryList(index, entries, { json, repo }, terminal);
      if (cursor !== undefined) await writeNote(`there may be more: these are the first ${entries.length}`, terminal);
    });
}

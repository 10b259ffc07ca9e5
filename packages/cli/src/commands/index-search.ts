import type { Command } from "commander";
import { plainText } from "../format/text.ts";
import { openUserIndex } from "../open.ts";
import { parsePositive } from "../parse-count.ts";
import { parseRepo } from "../parse-repo.ts";
import { allPages } from "../search-pages.ts";
import type { Terminal } from "../terminal.ts";
import { writeEntryList } from "./index-list.ts";

/** What is searched for, as the user says it. */
export interface SearchOptions {
  readonly tag?: readonly string[];
  readonly schema?: string;
  readonly repo?: string;
  readonly limit: number;
  readonly json?: true;
}

/** Adds the command that searches datasets. */
export function addIndexSearch(group: Command, terminal: Terminal): void {
  searchOptions(group.command("search"))
    .summary("find datasets by words, tags or type")
    .description(
      "Finds the datasets that have all of the words in name, description or tags, all of the tags, and the type. It looks through the " +
        "repositories of the index; `atdata search` also asks an AppView.",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index search handwritten digits
  $ atdata index search --tag train --schema Digit --json`,
    )
    .action((words: readonly string[], options: SearchOptions) => searchIndex(words, options, terminal));
}

/** Gives a command the arguments of a search. */
export function searchOptions(command: Command): Command {
  return command
    .argument("[words...]", "words, whatever their case")
    .option("--tag <word...>", "tags that they have")
    .option("--schema <name>", "their type: Name or Name@version")
    .option("--repo <repo>", "only in this repository: its name, a handle or a DID", parseRepo)
    .option("-n, --limit <count>", "how many at the most", parsePositive, 100)
    .option("--json", "print one JSON object a line, as list does");
}

/** Searches the repositories of the index, or one. */
export async function searchIndex(
  words: readonly string[],
  { tag, schema, repo, limit, json }: SearchOptions,
  terminal: Terminal,
): Promise<void> {
  const index = await openUserIndex(terminal);
  const query = { text: words.join(" "), tags: tag, schema, repo };
  const { entries, more } = await allPages(limit, (page) => index.search({ ...query, ...page }, terminal));
  await writeEntryList(index, entries, { json, repo }, terminal);
  if (more) await writeMore(entries.length, terminal);
}

/** Says that there may be more. */
export async function writeMore(count: number, { err }: Terminal): Promise<void> {
  await err.write(`${err.colors.dim(plainText(`there may be more: these are the first ${count}`))}\n`);
}

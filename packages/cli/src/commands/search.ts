import { dirname } from "node:path";
import type { Atmosphere } from "@atdata/atmosphere";
import { type CallOptions, type IndexEntry, isAtdataError, type SearchBackend } from "@atdata/core";
import type { Command } from "commander";
import { findCredentials } from "../atmosphere/credentials.ts";
import { openAtmosphere } from "../atmosphere/user-atmosphere.ts";
import { userConfig } from "../config/open-index.ts";
import { entryFacts } from "../format/entry-facts.ts";
import { allPages } from "../search-pages.ts";
import type { Terminal } from "../terminal.ts";
import { writeEntryFacts } from "./index-list.ts";
import { type SearchOptions, searchIndex, searchOptions, writeMore } from "./index-search.ts";

/** An AppView gives no longer pages. */
const MAX_PAGE = 100;

/** Adds the command that searches what is published. */
export function addSearch(program: Command, terminal: Terminal): void {
  searchOptions(program.command("search"))
    .summary("find published datasets by words, tags or type")
    .description(
      "Finds the datasets that have all of the words in name, description or tags, all of the tags, and the type: with the AppView " +
        "that config.json or ATDATA_APPVIEW names, among all that it knows. Without one, or with --repo, it looks through repositories, " +
        "as `atdata index search` does.",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ atdata search handwritten digits
  $ atdata search --repo @alice.example.org --schema Digit --json`,
    )
    .action((words: readonly string[], options: SearchOptions) => search(words, options, terminal));
}

async function search(words: readonly string[], options: SearchOptions, terminal: Terminal): Promise<void> {
  const config = await userConfig();
  const asks = config.atmosphere.appView !== undefined && options.repo === undefined;
  if (!asks) return searchIndex(words, options, terminal);
  const credentials = await findCredentials(dirname(config.file), process.env);
  const { atmosphere } = await openAtmosphere(config, credentials);
  const backend = atmosphere.networkSearch as SearchBackend;
  const { tag: tags, schema, limit, json } = options;
  const query = { text: words.join(" "), tags, schema };
  const { entries, more } = await allPages(limit, ({ cursor, limit: most }) =>
    backend.search({ ...query, cursor, limit: Math.min(most, MAX_PAGE) }, terminal),
  );
  const facts = [];
  for (const entry of entries) {
    const repo = await ownerOf(entry, atmosphere, terminal);
    facts.push(entryFacts({ ...entry, repo }, []));
  }
  await writeEntryFacts(facts, json, terminal);
  if (more) await writeMore(entries.length, terminal);
}

/** Names the account that a dataset is of by its handle, where that leads to it. */
async function ownerOf({ id }: IndexEntry, { identities }: Atmosphere, options: CallOptions): Promise<string> {
  const did = /^at:\/\/([^/]+)/.exec(id)?.[1] ?? "?";
  try {
    return (await identities.resolve(did, { signal: options.signal })).handle ?? did;
  } catch (error) {
    if (isAtdataError(error)) return did;
    throw error;
  }
}

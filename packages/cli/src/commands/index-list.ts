import type { Index, Label, RepoEntry } from "@atdata/core";
import type { Command } from "commander";
import { type EntryFacts, entryFacts } from "../format/entry-facts.ts";
import { entryLines } from "../format/entry-lines.ts";
import { openUserIndex } from "../open.ts";
import { parseRepo } from "../parse-repo.ts";
import type { Terminal } from "../terminal.ts";

interface ListOptions {
  readonly repo?: string;
  readonly name?: string;
  readonly json?: true;
}

/** Adds the command that lists datasets. */
export function addIndexList(group: Command, terminal: Terminal): void {
  group
    .command("list")
    .summary("list the datasets of an index")
    .description(
      "Lists the datasets of all repositories, or of one, oldest first, with the labels that stand for them.",
    )
    .option("--repo <repo>", "only this repository: its name, a handle or a DID", parseRepo)
    .option("--name <name>", "only datasets of this name")
    .option("--json", "print one JSON object a line")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index list
  $ atdata index list --repo team --json | jq -r .ref`,
    )
    .action(async ({ json, ...of }: ListOptions) => {
      const { signal } = terminal;
      const index = await openUserIndex(terminal);
      const entries: RepoEntry[] = [];
      for await (const entry of index.list({ ...of, signal })) entries.push(entry);
      await writeEntryList(index, entries, { json, repo: of.repo }, terminal);
    });
}

/** Writes datasets with their labels: as a table, or one JSON object a line. */
export async function writeEntryList(
  index: Index,
  entries: readonly RepoEntry[],
  { json, repo }: { readonly json: true | undefined; readonly repo: string | undefined },
  { out, err, signal }: Terminal,
): Promise<void> {
  const labels = new Map<string, Label[]>();
  if (entries.length > 0) {
    for await (const label of index.labels({ ...(repo !== undefined && { repo }), signal })) {
      const key = `${label.repo}/${label.id}`;
      labels.set(key, [...(labels.get(key) ?? []), label]);
    }
  }
  const facts = entries.map((entry) => entryFacts(entry, labels.get(`${entry.repo}/${entry.id}`) ?? []));
  await writeEntryFacts(facts, json, { out, err });
}

/** Writes what is told of datasets. */
export async function writeEntryFacts(
  facts: readonly EntryFacts[],
  json: true | undefined,
  { out, err }: Pick<Terminal, "out" | "err">,
): Promise<void> {
  if (json) for (const each of facts) await out.write(`${JSON.stringify(each)}\n`);
  else if (facts.length > 0) await out.write(`${entryLines(facts, out.colors).join("\n")}\n`);
  else await err.write(`${err.colors.dim("no datasets")}\n`);
}

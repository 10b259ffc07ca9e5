import type { Label } from "@atdata/core";
import type { Command } from "commander";
import { entryFacts, shardFacts } from "../format/entry-facts.ts";
import { entryText } from "../format/entry-lines.ts";
import { plainText } from "../format/text.ts";
import { openUserIndex } from "../open.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that tells what an index knows of a dataset. */
export function addIndexShow(group: Command, terminal: Terminal): void {
  group
    .command("show")
    .summary("tell what an index knows of a dataset")
    .description("Tells what an index knows of a dataset, without reading it; `atdata inspect` looks into it.")
    .argument("<ref>", "@repo/name[@version], or an id for the name")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index show @local/digits
  $ atdata index show @team/digits@1.0.0 --json`,
    )
    .action(async (ref: string, { json }: { json?: true }) => {
      const { out, signal } = terminal;
      const index = await openUserIndex(terminal);
      const entry = await index.resolve(ref, { signal });
      const labels: Label[] = [];
      for await (const label of index.labels({ repo: entry.repo, id: entry.id, signal })) labels.push(label);
      const facts = entryFacts(entry, labels);
      const shards = shardFacts(entry);
      if (json) return out.write(`${JSON.stringify({ ...facts, shards })}\n`);
      const urls = shards.map(({ url }) => `  ${plainText(String(url))}`);
      await out.write(`${[...entryText(facts, out.colors), "", ...urls].join("\n")}\n`);
    });
}

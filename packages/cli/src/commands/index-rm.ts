import { redactUrl } from "@atdata/core";
import type { Command } from "commander";
import { plainText } from "../format/text.ts";
import { openUserIndex } from "../open.ts";
import type { Terminal } from "../terminal.ts";

interface RemoveOptions {
  readonly shards?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds the command that removes a dataset from an index. */
export function addIndexRm(group: Command, terminal: Terminal): void {
  group
    .command("rm")
    .summary("remove a dataset from an index, with --shards its files too")
    .description(
      "Removes a dataset from an index, with the labels that stand for it.\n\n" +
        "With --shards its files go too, where this repository has written them and nothing else refers to them.",
    )
    .argument("<ref>", "@repo/name[@version], or an id for the name")
    .option("--shards", "remove its files too")
    .option("--dry-run", "only tell what would go")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata index rm @local/digits@0.9.0 --shards --dry-run
  $ atdata index rm @local/digits@0.9.0 --shards`,
    )
    .action(async (ref: string, { shards, dryRun, json }: RemoveOptions) => {
      const { out, signal } = terminal;
      const index = await openUserIndex(terminal);
      const report = await index.delete(ref, { shards, dryRun, signal });
      const { entry, kept } = report;
      const labels = report.labels.map(({ name, version }) => (version === "" ? name : `${name}@${version}`));
      const files = report.files.map(redactUrl);
      const name = `@${entry.repo}/${entry.name}`;
      if (json) {
        const facts = { ref: name, id: entry.id, labels, files, kept, dryRun: dryRun === true };
        return out.write(`${JSON.stringify(facts)}\n`);
      }
      const lines = [
        `${dryRun ? "would remove" : "removed"} ${name}  ${entry.id}`,
        ...labels.map((label) => `  label ${label}`),
        ...files.map((file) => `  ${file}`),
        ...kept.map(({ url, reason }) => `  kept, ${reason}: ${url}`),
      ];
      await out.write(`${lines.map(plainText).join("\n")}\n`);
    });
}

import { redactUrl } from "@atdata/core";
import type { Command } from "commander";
import { descriptionJson } from "../format/description.ts";
import { descriptionText } from "../format/description-text.ts";
import { writeNote } from "../load-type.ts";
import { openRef, REF_HELP, readManifests } from "../open.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that sums up the fields of a dataset. */
export function addDescribe(program: Command, terminal: Terminal): void {
  program
    .command("describe")
    .summary("sum up the fields, from manifests alone: counts, ranges, histograms, top values")
    .description(
      "Sums up the fields of a dataset: how many values and nulls there are, their range, histogram and most frequent values.\n\n" +
        "Reads manifests and no samples. Where there are none it says so; `atdata manifest build` makes them.",
    )
    .argument("<ref>", REF_HELP)
    .option("--manifests <folder>", "where the manifests are (default: beside the shards)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata describe out/digits.tar
  $ atdata describe https://example.org/digits.tar --json | jq .statistics.label.top`,
    )
    .action(async (ref: string, { json, manifests }: { json?: true; manifests?: string }) => {
      const { out, signal } = terminal;
      const { dataset } = await openRef(ref, terminal, [readManifests(manifests)]);
      const found = await dataset.describe({ signal });
      await out.write(json ? `${JSON.stringify(descriptionJson(found))}\n` : descriptionText(found, out));
      if (found.statistics !== undefined) return;
      const url = redactUrl(ref);
      await writeNote(`${url}: no manifests tell of the values; try: atdata manifest build ${url}`, terminal);
    });
}

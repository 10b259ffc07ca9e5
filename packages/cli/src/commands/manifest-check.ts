import { redactUrl } from "@atdata/core";
import { fileStore } from "@atdata/core/node";
import { checkManifests } from "@atdata/manifest";
import { wds } from "@atdata/wds/node";
import type { Command } from "commander";
import { problemLines } from "../format/problem-lines.ts";
import { formatNumberOf } from "../format/units.ts";
import { openRef, REF_HELP } from "../open.ts";
import { progressLine } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface CheckOptions {
  readonly manifests?: string;
  readonly json?: true;
}

/** Adds the command that compares manifests with their shards. */
export function addManifestCheck(manifest: Command, terminal: Terminal): void {
  manifest
    .command("check")
    .summary("compare manifests with their shards")
    .description(
      "Compares manifests with their shards: are they there, of these shards, whole, and is every sample where they say?\n\n" +
        "Walks the headers of the shards and does not read samples; `atdata doctor` does. Ends with status 1 when something is wrong.",
    )
    .argument("<ref>", REF_HELP)
    .option("--manifests <folder>", "where the manifests are (default: beside the shards)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata manifest check out/digits.tar
  $ atdata manifest check https://example.org/digits.tar --manifests index/ --json`,
    )
    .action(async (ref: string, { manifests, json }: CheckOptions) => {
      const { out, signal } = terminal;
      const { dataset, source } = await openRef(ref, terminal);
      const { shards } = dataset;
      const progress = progressLine(terminal.err);
      const count = formatNumberOf(shards.length, "shard");
      const found = await checkManifests({
        ...{ shards, source, format: wds(), signal },
        manifests: manifests === undefined ? undefined : fileStore(manifests),
        onProgress: (done) => progress.show(() => `checked the manifests of ${done} of ${count}`),
      }).finally(() => progress.clear());
      const findings = found.map((finding) => ({ ...finding, url: redactUrl(finding.url) }));
      if (findings.length > 0) terminal.exit.onSuccess = 1;
      if (json) await out.write(`${JSON.stringify({ shards: shards.length, findings })}\n`);
      else if (findings.length === 0) await out.write(`the manifests of ${count} are as they should be\n`);
      else await out.write(`${problemLines(findings, out.colors).join("\n")}\n`);
    });
}

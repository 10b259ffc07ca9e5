import { hash } from "node:crypto";
import { redactUrl } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { type BuildProgress, buildManifests } from "@atdata/manifest";
import { type Command, Option } from "commander";
import { plainText } from "../format/text.ts";
import { formatBytes, formatNumberOf } from "../format/units.ts";
import { readTypeFile, TYPE_HELP, writeNote } from "../load-type.ts";
import { manifestInput, manifestStore } from "../manifest-input.ts";
import { openRef, REF_HELP } from "../open.ts";
import { progressLine } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface BuildOptions {
  readonly headersOnly?: true;
  readonly sampleHash?: true;
  readonly to?: string;
  readonly type?: string;
  readonly json?: true;
}

/** Adds the command that makes manifests. */
export function addManifestBuild(manifest: Command, terminal: Terminal): void {
  manifest
    .command("build")
    .summary("make the manifests of shards that have none, or Python's")
    .description(
      "Makes the manifests and the roll-up of shards that were written without, and replaces those that there are.\n\n" +
        "Each shard is read once from front to back. Where no type is stored with the dataset, fields are those of its first samples.",
    )
    .argument("<ref>", REF_HELP)
    .addOption(
      new Option(
        "--headers-only",
        "note keys and places only, without reading samples: quick, and for get by key alone",
      ).conflicts("sampleHash"),
    )
    .option("--sample-hash", "note a SHA-256 of each sample, which reads by place are then checked against")
    .option("--to <folder>", "write them into this folder (default: beside the shards)")
    .option("--type <file>", `decode by the type of ${TYPE_HELP}`)
    .option("--json", "print what was read as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata manifest build out/digits.tar
  $ atdata manifest build 'data/mnist-*.tar' --sample-hash
  $ atdata manifest build https://example.org/digits.tar --to index/`,
    )
    .action(async (ref: string, options: BuildOptions) => {
      const { out, signal } = terminal;
      const given = options.type === undefined ? undefined : await readTypeFile(options.type, terminal);
      const opened = await openRef(ref, terminal);
      const store = manifestStore(opened, options.to);
      const { inferred, ...input } = await manifestInput(opened, given, signal);
      const progress = progressLine(terminal.err);
      const total = input.shards.length;
      let built: BuildProgress;
      try {
        built = await buildManifests({
          ...{ ...input, store, signal, createHasher: createNodeHasher },
          headersOnly: options.headersOnly === true,
          sampleHash: options.sampleHash === true ? "sha256" : undefined,
          sha256: (bytes) => hash("sha256", bytes, "buffer"),
          onProgress: ({ shards, samples, bytes }) =>
            progress.show(
              () =>
                `${formatNumberOf(samples, "sample")}, ${formatBytes(bytes)}, ${shards} of ${formatNumberOf(total, "shard")}`,
            ),
        });
      } finally {
        progress.clear();
      }
      const { shards, samples, bytes } = built;
      const read = options.headersOnly ? "headers only" : `${formatBytes(bytes)} read`;
      const text = `manifests of ${formatNumberOf(samples, "sample")} in ${formatNumberOf(shards, "shard")}, ${read}`;
      await out.write(options.json ? `${JSON.stringify(built)}\n` : `${plainText(text)}\n`);
      if (inferred && !options.headersOnly) {
        await writeNote(
          `${redactUrl(ref)}: no type is stored with it; fields are those of the first samples`,
          terminal,
        );
      }
    });
}

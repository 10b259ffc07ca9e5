import type { Command } from "commander";
import { writeCopied } from "../format/copied.ts";
import { formatBytes, formatNumberOf } from "../format/units.ts";
import { openUserIndex } from "../open.ts";
import { parseBytes } from "../parse-bytes.ts";
import { parsePositive } from "../parse-count.ts";
import { progressLine } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import { existingHint } from "../write-dataset.ts";

interface CopyOptions {
  readonly maxSamples?: number;
  readonly maxBytes?: number;
  readonly overwrite?: true;
  readonly json?: true;
}

/** Adds the command that copies a dataset between repositories. */
export function addCopy(program: Command, terminal: Terminal): void {
  program
    .command("copy")
    .summary("copy a dataset of an index into another repository")
    .description(
      "Copies a dataset into a repository's store, with its type and the lenses that start at it.\n\n" +
        "Shards and manifests stay what they are, byte by byte, and are compared with their checksums. With a limit of samples or bytes " +
        "shards are written anew, with manifests; keys and samples stay.",
    )
    .argument("<from>", "@repo/name[@version]")
    .argument("<to>", "@repo/name[@version]")
    .option("--max-samples <count>", "samples a shard at the most", parsePositive)
    .option("--max-bytes <bytes>", "bytes a shard at the most, such as 500MB", parseBytes)
    .option("--overwrite", "let a name that stands for another dataset stand for this one")
    .option("--json", "print what was written as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata copy @local/digits@1.0.0 @team/digits@1.0.0
  $ atdata copy @team/digits @local/digits --max-bytes 1GB`,
    )
    .action(async (from: string, to: string, { maxSamples, maxBytes, overwrite, json }: CopyOptions) => {
      const { signal } = terminal;
      const index = await openUserIndex(terminal);
      const progress = progressLine(terminal.err);
      const entry = await index
        .copy(from, to, {
          ...{ maxSamples, maxShardBytes: maxBytes, overwrite, signal },
          onProgress: ({ samples, bytes }) =>
            progress.show(() => `${formatNumberOf(samples, "sample")}, ${formatBytes(bytes)} copied`),
        })
        .catch(existingHint)
        .finally(() => progress.clear());
      await writeCopied(entry, json === true, terminal);
    });
}

import type { WriteProgress } from "@atdata/core";
import type { Command } from "commander";
import { type PublishSettings, publishDataset } from "../atmosphere/publish.ts";
import { writeCopied } from "../format/copied.ts";
import { formatBytes, formatNumberOf } from "../format/units.ts";
import { TYPE_HELP } from "../load-type.ts";
import { REF_HELP } from "../open.ts";
import { progressLine } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import { existingHint } from "../write-dataset.ts";

interface CommandOptions {
  readonly reference?: true;
  readonly type?: string;
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly license?: string;
  readonly overwrite?: true;
  readonly json?: true;
}

/** Adds the command that publishes a dataset on ATProto. */
export function addPublish(program: Command, terminal: Terminal): void {
  program
    .command("publish")
    .summary("publish a dataset on ATProto, as blobs or where it is")
    .description(
      "Copies the shards of a dataset, with manifests that have hashes of all samples, into blobs of the account that is logged in, and " +
        "writes the records that tell of it. Shards without such manifests, and those that are larger than the account's PDS takes, are " +
        "written anew; keys and samples stay. What a PDS has of an attempt that broke off is not sent again.\n\n" +
        "--reference leaves the shards where they are: at http(s) urls, or in S3 buckets that config.json says everybody can read.",
    )
    .argument("<dataset>", REF_HELP)
    .argument("[to]", "@me/name[@version]; a dataset of an index keeps its name where this is @me", "@me")
    .option("--reference", "name the shards where they are, instead of copying them")
    .option("--type <file>", `of files: the type of ${TYPE_HELP}`)
    .option("--description <text>", "what the dataset is")
    .option("--tag <word...>", "words to find it by")
    .option("--license <name>", "its licence, best as an SPDX identifier")
    .option("--overwrite", "let a name that stands for another dataset stand for this one")
    .option("--json", "print what was published as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata publish out/digits.tar @me/digits@1.0.0 --tag handwritten --license CC0-1.0
  $ atdata publish @local/digits@1.0.0
  $ atdata publish 'https://example.org/mnist-{000000..000009}.tar' @me/mnist@1.0.0 --reference`,
    )
    .action((dataset: string, to: string, { reference, type, tag: tags, json, ...said }: CommandOptions) =>
      publish(dataset, to, { ...said, tags, type, reference: reference === true }, json === true, terminal),
    );
}

/** Adds the short form for what is in an index. */
export function addPromote(program: Command, terminal: Terminal): void {
  program
    .command("promote")
    .summary("publish a dataset of an index under the name that it has")
    .description(
      "Publishes a dataset of an index, with its type, name, version, tags and description, and the lenses that start at it. It is short " +
        "for `atdata publish`, which also takes files and says other things of a dataset.",
    )
    .argument("<dataset>", "@repo/name[@version]")
    .argument("[to]", "@me, or another name there as @me/name[@version]", "@me")
    .option("--json", "print what was published as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata promote @local/digits@1.0.0
  $ atdata promote @team/digits @me/digits@2.0.0`,
    )
    .action((dataset: string, to: string, { json }: { json?: true }) =>
      publish(dataset, to, { reference: false, type: undefined }, json === true, terminal),
    );
}

async function publish(
  dataset: string,
  to: string,
  settings: PublishSettings,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const progress = progressLine(terminal.err);
  const onProgress = ({ samples, bytes }: WriteProgress): void =>
    progress.show(() => `${formatNumberOf(samples, "sample")}, ${formatBytes(bytes)} published`);
  const entry = await publishDataset(dataset, to, { ...settings, onProgress }, terminal)
    .catch(existingHint)
    .finally(() => progress.clear());
  await writeCopied(entry, json, terminal);
}

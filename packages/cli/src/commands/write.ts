import type { RawSample, SampleType, WriteProgress } from "@atdata/core";
import { manifests } from "@atdata/manifest";
import { type Command, Option } from "commander";
import { schemaText } from "../format/schema-text.ts";
import { plainText } from "../format/text.ts";
import { formatBytes, formatNumberOf } from "../format/units.ts";
import type { Input } from "../input/input.ts";
import { type InputFormat, inputFormats, openInput } from "../input/open-input.ts";
import { inferenceText, readTypeFile, TYPE_HELP, writeNote } from "../load-type.ts";
import { parseBytes } from "../parse-bytes.ts";
import { parsePositive } from "../parse-count.ts";
import { progressLine } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import { typeNameOf } from "../type-name.ts";
import { writeDataset } from "../write-dataset.ts";
import { writable } from "../write-input.ts";

interface CommandOptions {
  readonly from: readonly string[];
  readonly format?: InputFormat;
  readonly type?: string;
  readonly name?: string;
  readonly samples?: number;
  readonly key?: string;
  readonly label?: string;
  readonly maxSamples?: number;
  readonly maxBytes?: number;
  readonly overwrite?: true;
  readonly manifests: boolean;
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly license?: string;
  readonly json?: true;
}

/** Adds the command that writes a dataset. */
export function addWrite(program: Command, terminal: Terminal): void {
  program
    .command("write")
    .summary("write a dataset from JSON Lines, CSV, Parquet, a folder of files, or shards")
    .description(
      "Writes a dataset from JSON Lines, CSV or TSV with a row of names, Parquet, a folder of files, or shards.\n\n" +
        "The type is that of --type, that of the shards, or inferred from the first samples and shown before anything is written. " +
        "A folder's files of one name up to the first dot are one sample, their extensions its fields, as in WebDataset. " +
        "Nothing is there under the target's name before all is written.",
    )
    .argument("<target>", "path of the shard, or with a limit the form of the shards' paths; or @repo/name[@version]")
    .requiredOption("--from <input...>", "files, folders or urls; - is stdin")
    .addOption(
      new Option("--format <form>", "form of the input (default: by its name; JSON Lines from stdin)").choices(
        inputFormats,
      ),
    )
    .option("--type <file>", `the type of ${TYPE_HELP}`)
    .addOption(new Option("--name <name>", "name of an inferred type (default: after the dataset)").conflicts("type"))
    .option(
      "-n, --samples <count>",
      "how many samples to infer the type from (default: 1000 rows, or 100 samples of files)",
      parsePositive,
    )
    .option(
      "--key <field>",
      "the column or property that is the key (default: __key__ where there is one, else a running number)",
    )
    .option("--label <field>", "of folders: a text field for the name of the folder that files are in")
    .option("--max-samples <count>", "samples a shard at the most", parsePositive)
    .option("--max-bytes <bytes>", "bytes a shard at the most, such as 500MB", parseBytes)
    .option("--overwrite", "replace a dataset of that name")
    .option("--no-manifests", "write no manifests, which queries read instead of shards")
    .option("--description <text>", "of @repo/name: what the dataset is")
    .option("--tag <word...>", "of @repo/name: words to find it by")
    .option("--license <name>", "of @repo/name: its licence, best as an SPDX identifier")
    .option("--json", "print what was written as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata write out/digits.tar --from digits.jsonl --name Digit
  $ atdata write out/iris.tar --from iris.csv --key id --max-samples 10000
  $ atdata write @local/iris@1.0.0 --from iris.csv --tag flowers
  $ atdata write out/photos.tar --from photos/ --label species --max-bytes 500MB
  $ zcat big.jsonl.gz | atdata write out/big.tar --from - --type big.schema.json`,
    )
    .action((target: string, options: CommandOptions) => write(target, options, terminal));
}

async function write(target: string, options: CommandOptions, terminal: Terminal): Promise<void> {
  const { out, signal } = terminal;
  const given = options.type === undefined ? undefined : await readTypeFile(options.type, terminal);
  const input = await openInput(options.from, options, terminal);
  const type = given ?? input.type ?? (await inferAndShow(input, target, options, terminal));
  const progress = progressLine(terminal.err);
  const settings = {
    ...{ description: options.description, tags: options.tag, license: options.license },
    maxSamples: options.maxSamples,
    maxShardBytes: options.maxBytes,
    overwrite: options.overwrite,
    plugins: options.manifests ? [manifests()] : [],
    signal,
    onProgress: ({ samples, bytes }: WriteProgress) =>
      progress.show(() => `${formatNumberOf(samples, "sample")}, ${formatBytes(bytes)} written`),
  };
  const facts = await writeDataset(target, type, writable(input, type), settings, terminal).finally(() =>
    progress.clear(),
  );
  await noteLeftOut(input, type, terminal);
  const { samples, bytes, shards, url, ref } = facts;
  const counts = `${formatNumberOf(samples, "sample")} in ${formatNumberOf(shards, "shard")}, ${formatBytes(bytes)}`;
  const text = `${type.name}  ${counts}: ${url ?? ref}`;
  await out.write(options.json ? `${JSON.stringify(facts)}\n` : `${plainText(text)}\n`);
}

async function inferAndShow(
  input: Input,
  target: string,
  { samples, name }: CommandOptions,
  terminal: Terminal,
): Promise<SampleType<RawSample>> {
  const inferred = await input.infer(samples, name ?? typeNameOf(target));
  await terminal.err.write(schemaText(inferred.type, terminal.err));
  await writeNote(inferenceText(inferred), terminal);
  return inferred.type;
}

async function noteLeftOut({ leftOut }: Input, type: SampleType<RawSample>, terminal: Terminal): Promise<void> {
  if (leftOut.size === 0) return;
  await writeNote(`left out, because ${type.name} has no such fields: ${[...leftOut].sort().join(", ")}`, terminal);
}

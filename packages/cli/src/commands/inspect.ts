import { createDataset, type DataSource, inferFields, redactUrl, type ShardInfo } from "@atdata/core";
import { wds } from "@atdata/wds/node";
import type { Command } from "commander";
import { declaredFields, inferredFields } from "../format/fields.ts";
import type { Inspection, ShardFacts } from "../format/inspection.ts";
import { inspectionText } from "../format/inspection-text.ts";
import { formatNumberOf } from "../format/units.ts";
import { type Opened, openRef, REF_HELP, readManifests } from "../open.ts";
import { progressLine } from "../progress.ts";
import { storedSamples } from "../stored-samples.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that tells what a dataset holds. */
export function addInspect(program: Command, terminal: Terminal): void {
  program
    .command("inspect")
    .summary("tell what a dataset holds: shards, samples, bytes, fields")
    .description(
      "Tells what a dataset holds: its shards, samples and bytes, and the fields of its type.\n\n" +
        "Counts and type come from the dataset.json where there is one. Otherwise samples are counted by walking through the " +
        "shards, and fields are inferred from the first sample.",
    )
    .argument("<ref>", REF_HELP)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata inspect out/digits.tar
  $ atdata inspect 'data/mnist-{000000..000005}.tar' --json
  $ atdata inspect https://example.org/digits.tar`,
    )
    .action(async (ref: string, options: { json?: true }) => {
      const opened = await openRef(ref, terminal);
      const found = await inspect(opened, terminal);
      if (options.json) await terminal.out.write(`${JSON.stringify(found)}\n`);
      else await terminal.out.write(inspectionText(found, opened.dataset.type, terminal.out));
    });
}

async function inspect(opened: Opened, terminal: Terminal): Promise<Inspection> {
  const { dataset } = opened;
  const { type } = dataset;
  const shards = await describeShards(opened, terminal);
  // What cannot be read is told before what could be.
  const fields =
    type === undefined
      ? inferredFields(inferFields(await storedSamples(opened, 1, terminal.signal)))
      : declaredFields(type);
  return {
    shards,
    samples: shards.reduce((sum, shard) => sum + shard.samples, 0),
    bytes: shards.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0),
    schema: { name: type?.name ?? null, ...(type?.version !== undefined && { version: type.version }), fields },
  };
}

async function describeShards({ dataset, source }: Opened, terminal: Terminal): Promise<ShardFacts[]> {
  const progress = progressLine(terminal.err);
  const facts: ShardFacts[] = [];
  try {
    for (const shard of dataset.shards) {
      progress.show(() => `counted ${formatNumberOf(facts.length, "shard")} of ${dataset.shards.length}`);
      facts.push(await describeShard(shard, source, terminal.signal));
    }
  } finally {
    progress.clear();
  }
  return facts;
}

async function describeShard(shard: ShardInfo, source: DataSource, signal: AbortSignal): Promise<ShardFacts> {
  const bytes = shard.bytes ?? (await source.size?.(shard.url, { signal })) ?? null;
  // Near by, walking headers is as quick as reading a manifest, and needs none to be right.
  const plugins = source.capabilities.local ? [] : [readManifests(undefined)];
  const samples =
    shard.samples ?? (await createDataset({ shards: [shard], source, format: wds(), plugins }).count({ signal }));
  return { url: redactUrl(shard.url), bytes, samples };
}

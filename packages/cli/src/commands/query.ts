import { checkPredicate, type Dataset, type Predicate, type RawSample, redactUrl } from "@atdata/core";
import { parsePredicate } from "@atdata/manifest";
import { type Command, Option } from "commander";
import { planText } from "../format/plan-text.ts";
import { plainText } from "../format/text.ts";
import { inferFromSamples } from "../infer-from-samples.ts";
import { INFER_SAMPLES, readTypeFile, TYPE_HELP } from "../load-type.ts";
import { type Opened, openRef, REF_HELP, readManifests } from "../open.ts";
import { openAs } from "../open-as.ts";
import { parseCount } from "../parse-count.ts";
import { writeSql } from "../sql.ts";
import { storedSamples } from "../stored-samples.ts";
import type { Terminal } from "../terminal.ts";
import { type ShowOptions, writeEntries } from "../write-entries.ts";

interface QueryOptions extends ShowOptions {
  readonly limit?: number;
  readonly keys?: true;
  readonly count?: true;
  readonly plan?: true;
  readonly type?: string;
  readonly sql?: string;
  readonly manifests?: string;
}

/** Adds the command that finds samples. */
export function addQuery(program: Command, terminal: Terminal): void {
  program
    .command("query")
    .summary("find the samples that a predicate is true for")
    .description(
      "Finds the samples that a predicate is true for, and shows them as preview does.\n\n" +
        "Where there are manifests, only those of shards that may hold a match are read, and of the shards only the samples that " +
        "match. Operators: = != < <= > >= in between contains containsAny containsAll startsWith isNull, joined by not, and, or.",
    )
    .argument("<ref>", REF_HELP)
    .argument("[predicate]", "such as \"label = 7 and ink between 10 and 40 or tags contains 'dark'\"")
    .option("-n, --limit <count>", "how many samples at the most", parseCount)
    .option("--json", "print one JSON object a line: key and sample, or with --keys where it lies")
    .addOption(new Option("--keys", "tell only keys and where the samples lie").conflicts(["count", "plan"]))
    .addOption(new Option("--count", "tell only how many there are").conflicts(["plan", "limit"]))
    .addOption(new Option("--plan", "tell how it would be answered: shards pruned, bytes to read").conflicts("limit"))
    .option("--full", "with --json, print sparse matrices, data frames, safetensors and Arrow tensors whole")
    .addOption(
      new Option("--sql <statement>", "instead, run SQL over the view samples of all manifests, by DuckDB").conflicts([
        ...["keys", "count", "plan", "limit", "full", "type"],
      ]),
    )
    .option("--manifests <folder>", "where the manifests are (default: beside the shards)")
    .option("--type <file>", `decode by the type of ${TYPE_HELP}`)
    .addHelpText(
      "after",
      `
Examples:
  $ atdata query out/digits.tar 'label = 7 and ink > 30' --limit 3
  $ atdata query https://example.org/digits.tar "tags contains 'dark'" --json | jq .sample.label
  $ atdata query out/digits.tar 'label in (1, 7)' --plan
  $ atdata query out/digits.tar --sql 'SELECT label, count(*) AS n FROM samples GROUP BY label ORDER BY n'`,
    )
    .action(async (ref: string, text: string | undefined, options: QueryOptions, command: Command) => {
      const { signal } = terminal;
      if ((text === undefined) === (options.sql === undefined)) {
        command.error("error: give either a predicate or --sql");
      }
      if (options.sql !== undefined) return writeSql(ref, options.sql, options, terminal);
      const predicate = parsePredicate(text as string);
      const opened = await openRef(ref, terminal, [readManifests(options.manifests)]);
      const dataset =
        options.type === undefined
          ? opened.dataset
          : await openAs(opened, await readTypeFile(options.type, terminal), signal);
      if (dataset.type === undefined) await checkUntyped(opened, predicate, signal);
      if (options.plan) await writePlan(dataset, predicate, options, terminal);
      else if (options.count) await writeCount(dataset, predicate, options, terminal);
      else if (options.keys) await writeKeys(dataset, predicate, options, terminal);
      else {
        const found = dataset.where(predicate);
        await writeEntries(options.limit === undefined ? found : found.take(options.limit), options, terminal);
      }
    });
}

/** Nothing says which fields an untyped dataset has, so a misspelt one would just match nothing. */
async function checkUntyped(opened: Opened, predicate: Predicate, signal: AbortSignal): Promise<void> {
  const samples = await storedSamples(opened, INFER_SAMPLES, signal);
  if (samples.length > 0) checkPredicate(predicate, inferFromSamples(samples).type);
}

async function writePlan(
  dataset: Dataset<RawSample>,
  predicate: Predicate,
  { json }: QueryOptions,
  { out, signal }: Terminal,
): Promise<void> {
  const plan = await dataset.plan(predicate, { signal });
  const of = dataset.shards.length;
  const facts = { ...plan, of, pruned: of - plan.shards };
  await out.write(json ? `${JSON.stringify(facts)}\n` : planText(facts));
}

async function writeCount(
  dataset: Dataset<RawSample>,
  predicate: Predicate,
  { json }: QueryOptions,
  { out, signal }: Terminal,
): Promise<void> {
  const samples = await dataset.where(predicate).count({ signal });
  await out.write(json ? `${JSON.stringify({ samples })}\n` : `${samples}\n`);
}

async function writeKeys(
  dataset: Dataset<RawSample>,
  predicate: Predicate,
  { json, limit = Number.POSITIVE_INFINITY }: QueryOptions,
  { out, signal }: Terminal,
): Promise<void> {
  if (limit === 0) return;
  let count = 0;
  for await (const { key, shard, index, offset, size } of dataset.query(predicate, { signal })) {
    const url = redactUrl(shard);
    if (json) await out.write(`${JSON.stringify({ key, shard: url, index, offset, size })}\n`);
    else await out.write(`${plainText(key)}  ${plainText(url)}  ${offset}+${size}\n`);
    count += 1;
    if (count === limit) return;
  }
}

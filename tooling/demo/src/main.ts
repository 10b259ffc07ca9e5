/**
 * Turns MNIST into typed shards, uses them in every way there is, and checks each number it prints.
 *
 *     npm run demo                     all 70,000 digits
 *     npm run demo -- --limit 1000     the first 1,000 of each half
 *     npm run demo -- --atmosphere     publishes them on an ATProto network of this machine, and reads them as somebody else
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CheckFailed, checksPassed } from "./check.ts";
import { writeByName } from "./index-steps.ts";
import { describe, query } from "./manifest-steps.ts";
import { Digit, readSplit } from "./mnist.ts";
import { picture } from "./picture.ts";
import { Report, size } from "./report.ts";
import { randomAccess, readBack, resume, shardLine, shuffleAndBatch, viewThroughLens, where, write } from "./steps.ts";

const MIN_DIGITS = 100;

async function demo(limit: number, out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  process.env.ATDATA_HOME = join(out, "home");
  rmSync(process.env.ATDATA_HOME, { recursive: true, force: true });
  const target = { train: join(out, "mnist-train.tar"), test: join(out, "mnist-test.tar") };

  console.log("\n  atdata: the MNIST digits as typed WebDataset shards\n");
  const report = new Report();
  report.header();
  const { train, test } = await report.step("read the IDX files", 1, () => {
    const train = readSplit("train", limit);
    const test = readSplit("t10k", limit);
    return { samples: train.count + test.count, bytes: train.bytes + test.bytes, train, test };
  });
  const written = await write(report, "write the training shards", train, target.train);
  const writtenTest = await write(report, "write the test shards", test, target.test);
  const dataset = await readBack(report, "read training, check sha256", train, target.train);
  await readBack(report, "read test, check sha256", test, target.test);
  await viewThroughLens(report, dataset, train);
  const batches = await shuffleAndBatch(report, dataset, train);
  const matches = await where(report, dataset, train);
  const dark = await query(report, target.train, train);
  const statistics = await describe(report, target.train, train);
  const { stop, state } = await resume(report, target.train, train);
  const digit = await randomAccess(report, dataset, train);
  const names = await writeByName(report, { train, test });

  const facts = [
    "key        000000042",
    `label      ${digit.label}`,
    `ink        ${digit.ink.toFixed(2)}`,
    `tags       ${digit.tags.join(", ")}`,
    "",
    `type       ${Digit.name}, ${Object.keys(Digit.fields).length} fields`,
    `training   ${shardLine(written)}`,
    `test       ${shardLine(writtenTest)}`,
    `batches    ${batches.toLocaleString("en")} of up to 32`,
    `where      ${matches.toLocaleString("en")} matches`,
    `query      ${dark.matches} matches; plan: ${dark.shards} of ${written.shards.length} shards`,
    `read       ${size(dark.manifestBytes)} manifests, ${size(dark.shardBytes)} shards`,
    `describe   ${statistics}`,
    `state      ${state} bytes, taken after ${stop.toLocaleString("en")}`,
    `index      ${names}`,
  ];
  console.log();
  const lines = picture(digit.image.data, 28);
  facts.forEach((fact, i) => {
    console.log(`    ${lines[i] ?? " ".repeat(28)}   ${fact}`.trimEnd());
  });
  console.log(`  ${checksPassed()} checks passed. The shards are in ${relative(process.cwd(), out) || "."}.\n`);
}

const { values } = parseArgs({
  options: { limit: { type: "string" }, out: { type: "string" }, atmosphere: { type: "boolean" } },
});
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
if (!(limit >= MIN_DIGITS)) {
  console.error(`demo: --limit takes a number from ${MIN_DIGITS} on, got ${values.limit}`);
  process.exit(2);
}
try {
  // Loaded where it is asked for: what speaks ATProto takes longer to load than the demo's first steps.
  const run = values.atmosphere ? (await import("./atmosphere-demo.ts")).atmosphereDemo : demo;
  await run(limit, values.out ?? fileURLToPath(new URL("../out", import.meta.url)));
} catch (error) {
  if (!(error instanceof CheckFailed)) throw error;
  console.error(`demo: a check failed; ${error.message}`);
  process.exitCode = 1;
}

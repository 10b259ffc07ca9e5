import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compilePredicate, type Dataset, type Predicate, type SampleType } from "@atdata/core";
import { createNodeHasher, fileSource, fileStore } from "@atdata/core/node";
import { buildManifests } from "@atdata/manifest";
import { duckdbEngine } from "@atdata/manifest/duckdb";
import { manifests } from "@atdata/manifest/node";
import { openDataset, wds, writeDataset } from "@atdata/wds/node";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { predicate, type Written, written } from "../src/arbitrary-mixed.ts";
import { collect } from "../src/collect.ts";
import { Mixed } from "../src/mixed.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000_000);
/** Predicates for each dataset; each is another pair. */
const PREDICATES = 50;
const pairs = Math.min(10_000, Number(process.env.ATDATA_FUZZ ?? 0) || 300);
const engine = duckdbEngine();
afterAll(() => engine[Symbol.asyncDispose]());

const columns = [
  { name: "whole", kind: "numeric", type: "int64" },
  { name: "wide", kind: "numeric", type: "int64" },
  { name: "real", kind: "numeric", type: "double" },
  { name: "text", kind: "categorical", type: "string" },
  { name: "flag", kind: "categorical", type: "boolean" },
  { name: "at", kind: "time", type: "double" },
  { name: "texts", kind: "set", type: "string" },
  { name: "wides", kind: "set", type: "int64" },
  { name: "reals", kind: "set", type: "double" },
] as const;

/** What was seen over all pairs, so that a test of nothing does not pass. */
const seen = { pairs: 0, found: 0, pruned: 0, kept: 0, empty: 0 };

it(`${pairs} predicates find the same samples pruned, by a scan and in DuckDB (seed ${seed})`, {
  timeout: 60_000 + pairs * 60,
}, async () => {
  let n = 0;
  const property = fc.asyncProperty(
    written,
    fc.array(predicate, { minLength: PREDICATES, maxLength: PREDICATES }),
    // Without a roll-up, headers are what prunes.
    fc.boolean(),
    async (given, predicates, rollup) => {
      const folder = join(root, `d${n++}`);
      mkdirSync(folder);
      try {
        const dataset = await write(given, folder, rollup);
        for (const p of predicates) await compare(given, dataset, p);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
  await fc.assert(property, { numRuns: Math.ceil(pairs / PREDICATES), seed });
  expect(seen.pairs).toBeGreaterThanOrEqual(pairs);
  expect(seen.found).toBeGreaterThan(pairs);
  expect(seen.pruned).toBeGreaterThan(pairs / 10);
  expect(seen.kept).toBeGreaterThan(pairs / 10);
  expect(seen.empty).toBeGreaterThan(0);
});

async function write(
  { samples, maxSamples, hasEmpty }: Written,
  folder: string,
  rollup: boolean,
): Promise<Dataset<Mixed>> {
  const target = join(folder, "m.tar");
  await writeDataset(Mixed, samples, target, { maxSamples, plugins: hasEmpty ? [] : [manifests()] });
  if (hasEmpty) await addEmpty(folder);
  if (!rollup) rmSync(join(folder, "m.rollup.parquet"));
  return openDataset(hasEmpty ? join(folder, "*.tar") : target, { type: Mixed, plugins: [manifests()] });
}

/** Adds a shard without samples behind the first, and makes the manifests of all. */
async function addEmpty(folder: string): Promise<void> {
  const first = join(
    folder,
    readdirSync(folder)
      .sort()
      .find((name) => name.endsWith(".tar")) as string,
  );
  writeFileSync(first.replace(/\.tar$/, "x.tar"), new Uint8Array(1024));
  rmSync(join(folder, "m.dataset.json"));
  const { shards } = await openDataset(join(folder, "*.tar"), { type: Mixed });
  const input = { type: Mixed as SampleType, source: fileSource(), format: wds(), createHasher: createNodeHasher };
  await buildManifests({ ...input, shards, dataset: "m", store: fileStore(folder) });
  seen.empty += 1;
}

async function compare({ samples }: Written, dataset: Dataset<Mixed>, p: Predicate): Promise<void> {
  const test = compilePredicate(p);
  const want = samples.flatMap((sample, i) => (test(sample) ? [i] : []));

  const located = await collect(dataset.query(p));
  expect(located.map(({ index }) => index)).toEqual(want);
  expect(located.map(({ key }) => key)).toEqual(want.map(keyOf));

  const urls = dataset.shards.map(({ url }) => url.replace(/tar$/, "manifest.parquet"));
  const rows = await collect(engine.scan(urls, p, { fields: columns, source: fileSource() }));
  expect(rows.flatMap(({ keys }) => keys)).toEqual(want.map(keyOf));

  // Now and then the samples themselves, which are read from the places that were found.
  if (seen.pairs % 10 === 0) {
    const entries = await collect(dataset.where(p).entries());
    expect(entries.map(({ key }) => key)).toEqual(want.map(keyOf));
    expect(entries.map(({ sample }) => sample)).toEqual(want.map((i) => stored(samples[i] as Mixed)));
  }
  const plan = await dataset.plan(p);
  expect(plan.strategy).toBe("index");
  seen.pairs += 1;
  seen.found += want.length;
  seen.kept += plan.shards;
  seen.pruned += dataset.shards.length - plan.shards;
}

function keyOf(i: number): string {
  return String(i).padStart(9, "0");
}

/** What is absent comes back as an own property. */
function stored(sample: Mixed): object {
  return Object.fromEntries(Object.keys(Mixed.fields).map((name) => [name, sample[name as keyof Mixed]]));
}

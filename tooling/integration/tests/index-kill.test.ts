import { createIndex, entryDetails } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { localRepo } from "@atdata/local/node";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { writeAndKill } from "../src/killed-workers.ts";
import { Numbered } from "../src/numbers.ts";
import { seededRandom } from "../src/random.ts";
import { scratch } from "../src/scratch.ts";

// The home of this process, and of its children.
scratch();
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

it(`eight processes that write by name, half of which are killed, lose and tear nothing (seed ${seed})`, {
  timeout: 180_000,
}, async () => {
  const work = { child: "index-forever.ts", args: [], random, within: 300 };
  const said = await writeAndKill<{ readonly ref: string; readonly id: string }>(work);

  const repos = { local: localRepo() };
  const index = createIndex({ repos, formats: [wds()], plugins: [manifests()], createHasher: createNodeHasher });
  const owners = new Map<string, string>();
  for (const { ref, id } of said.flat()) {
    expect(owners.get(ref) ?? id, `two have got ${ref}`).toBe(id);
    owners.set(ref, id);
    expect((await index.resolve(ref)).id).toBe(id);
  }
  expect(owners.size).toBeGreaterThan(8);
  for (const entry of await collect(index.list())) {
    const dataset = await index.load(entry.id, { type: Numbered, verify: true });
    const samples = await collect(dataset);
    expect(samples.map(({ n }) => n % 1000)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(await collect(dataset.where((f) => f.n.eq((samples[7] as Numbered).n)))).toEqual([samples[7]]);
    expect(entryDetails(entry).samples).toBe(50);
  }
  await index[Symbol.asyncDispose]();
});

import { entryDetails, type IndexEntry, isAtdataError } from "@atdata/core";
import { writeDataset } from "@atdata/wds";
import { expect } from "vitest";
import { checkDataset, factsOf } from "./check-store.ts";
import { collect } from "./collect.ts";
import { type DatasetSaid, type OpenPlace, WORK_OPTIONS, workSamples } from "./dataset-work.ts";
import { Numbered } from "./numbers.ts";

/** Checks what `children/datasets-forever.ts` wrote and was killed at. `names` are all files of the store. */
export async function checkKilledDatasets(
  place: OpenPlace,
  names: readonly string[],
  all: readonly DatasetSaid[][],
): Promise<void> {
  const { store, provider, index } = place;
  const writers = new Map<string, object>();
  for (const name of names.filter((each) => each.endsWith(".dataset.json"))) {
    const { metadata, problems } = await checkDataset(store, name, writtenBy);
    expect({ name, problems }).toEqual({ name, problems: [] });
    writers.set(name, metadata);
  }
  const entries = new Map<string, IndexEntry>();
  for await (const entry of provider.listEntries()) {
    entries.set(entry.id, entry);
    await checkEntry(place, entry);
  }

  const winners = { race: new Map<number, number>(), named: new Map<number, number>() };
  for (const [worker, said] of all.entries()) {
    expect(said.length).toBeGreaterThan(0);
    for (const each of said) {
      const { n } = each;
      if (each.did === "dataset") expect(writers.get(`w${worker}-${n}.dataset.json`)).toEqual({ worker, n });
      else if (each.did === "entry") {
        expect((await index.get(`@team/w${worker}@1.0.${n}`))?.id).toBe(each.id);
        expect(workOf(entries.get(each.id))).toEqual({ worker, n });
      } else if (each.won) {
        expect(winners[each.did].get(n), `another winner of ${each.did} ${n}`).toBeUndefined();
        winners[each.did].set(n, worker);
      } else {
        // Whoever lost has met a name that is taken, also if its winner was killed before it could say so.
        if (each.did === "race") expect(writers.has(`race-${n}.dataset.json`)).toBe(true);
        else expect(await index.get(`@team/race@1.0.${n}`)).toBeDefined();
      }
    }
  }
  for (const [n, worker] of winners.race) expect(writers.get(`race-${n}.dataset.json`)).toEqual({ worker, n });
  for (const [n, worker] of winners.named) {
    expect(workOf(await index.get(`@team/race@1.0.${n}`))).toEqual({ worker, n });
    expect(await collect(await index.load(`@team/race@1.0.${n}`, { type: Numbered }))).toEqual(workSamples(worker, n));
  }
  for await (const label of provider.listLabels()) expect(entries.has(label.id)).toBe(true);
}

function writtenBy({ worker, n }: Readonly<Record<string, unknown>>): readonly unknown[] {
  return workSamples(Number(worker), Number(n));
}

/** Checks that an entry's type is there, and each of its shards with the length and the sha256 that it has for it. */
async function checkEntry({ store, provider }: OpenPlace, entry: IndexEntry): Promise<void> {
  const [, name = "", version = ""] = /^atdata:\/\/local\/schema\/(.*)@(.*)$/.exec(entry.schemaRef) ?? [];
  expect(await provider.getSchema(name, version)).toBeDefined();
  const { shards } = entryDetails(entry);
  expect(shards.length).toBeGreaterThan(1);
  for (const { url, bytes, sha256 } of shards) {
    expect({ url, ...(await factsOf(store.source, url)) }).toEqual({ url, bytes, sha256 });
  }
}

/** Writes each name that a worker may have been killed at: it is taken by something whole, or free. */
export async function writeDatasetsAfterKill(place: OpenPlace, all: readonly DatasetSaid[][]): Promise<number> {
  const { store, index } = place;
  let written = 0;
  for (const [worker, said] of all.entries()) {
    const last = Math.max(...said.map(({ n }) => n));
    for (const n of [last, last + 1]) {
      const options = { ...WORK_OPTIONS, metadata: { worker, n } };
      const samples = workSamples(worker, n);
      for (const stem of [`w${worker}-${n}`, `race-${n}`]) {
        const isThere = (await store.get(`${stem}.dataset.json`)) !== undefined;
        const isTaken = await isRefused(writeDataset(Numbered, samples, `${stem}.tar`, { store, ...options }));
        expect({ stem, isTaken }).toEqual({ stem, isTaken: isThere });
        expect((await checkDataset(store, `${stem}.dataset.json`, writtenBy)).problems).toEqual([]);
        written += isThere ? 0 : 1;
      }
      for (const ref of [`@team/w${worker}@1.0.${n}`, `@team/race@1.0.${n}`]) {
        const isThere = (await index.get(ref)) !== undefined;
        const isTaken = await isRefused(index.write(ref, Numbered, samples, options));
        expect({ ref, isTaken }).toEqual({ ref, isTaken: isThere });
        await checkEntry(place, await index.resolve(ref));
        written += isThere ? 0 : 1;
      }
    }
  }
  return written;
}

async function isRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return false;
  } catch (error) {
    if (isAtdataError(error, "DATASET_EXISTS")) return true;
    throw error;
  }
}

function workOf(entry: IndexEntry | undefined): unknown {
  return entry && entryDetails(entry).content;
}

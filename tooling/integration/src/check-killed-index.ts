import type { IndexProvider } from "@atdata/core";
import { expect } from "vitest";
import { type Said, workEntry } from "./put-work.ts";

/** Checks an index that `children/put-forever.ts` wrote and was killed at, given what each worker had said. */
export async function checkKilledIndex(provider: IndexProvider, all: readonly Said[][]): Promise<void> {
  for await (const { id, createdAt, ...entry } of provider.listEntries()) {
    const { worker, n } = entry.metadata as { worker: number; n: number };
    expect(entry).toEqual(workEntry(worker, n));
    expect(createdAt).toMatch(/^\d{4}-/);
  }
  const winners = new Map<number, number>();
  for (const [worker, said] of all.entries()) {
    expect(said.length).toBeGreaterThan(0);
    const deleted = new Set(said.flatMap((each) => (each.did === "delete" ? [each.n] : [])));
    const last = Math.max(...said.map(({ n }) => n));
    for (const each of said) {
      if (each.did === "put") {
        const found = await provider.getEntry(each.id);
        if (deleted.has(each.n)) expect(found).toBeUndefined();
        // It may have been deleted without a word before the process was killed.
        else if (found === undefined) expect([each.n % 5, last]).toEqual([3, each.n + 1]);
        else expect(found.metadata).toEqual(workEntry(worker, each.n).metadata);
      }
      if (each.did === "schema") {
        if (each.created) expect(each.winner).toBe(worker);
        expect(winners.get(each.n) ?? each.winner, `winner of 1.0.${each.n}`).toBe(each.winner);
        winners.set(each.n, each.winner);
      }
    }
    const labelled = Math.max(...said.flatMap((each) => (each.did === "label" ? [each.n] : [-1])));
    const label = await provider.getLabel(`w${worker}`, "");
    // Of the last step it may have been put without a word.
    expect([labelled, labelled + 1]).toContain(Number(label?.description ?? -1));
    if (labelled >= 0) expect((await provider.latestLabel(`w${worker}`))?.id).toBe(label?.id);
  }
  for (const [n, winner] of winners) {
    expect((await provider.getSchema("S", `1.0.${n}`))?.json).toMatchObject({ winner });
  }
  const created = all.flat().filter((each) => each.did === "schema" && each.created);
  expect(new Set(created.map(({ n }) => n)).size).toBe(created.length);
}

/** Checks that what a killed worker may have been about to write can be written now. */
export async function writeOnAfterKill(provider: IndexProvider, all: readonly Said[][]): Promise<void> {
  for (const [worker, said] of all.entries()) {
    const n = Math.max(...said.map((each) => each.n)) + 1;
    const { id } = await provider.putEntry(workEntry(worker, n));
    expect(await provider.latestEntry(`w${worker}`)).toMatchObject({ id, metadata: { worker, n } });
    await provider.putLabel({ name: `w${worker}`, version: "", id });
    expect((await provider.latestLabel(`w${worker}`))?.id).toBe(id);
    const { held } = await provider.createSchema({ name: "S", version: `1.0.${n}`, json: { winner: worker } });
    expect(await provider.getSchema("S", `1.0.${n}`)).toEqual(held);
  }
}

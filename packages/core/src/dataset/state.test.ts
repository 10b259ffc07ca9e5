import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FixtureOptions, itemDataset, numbers, remote, upTo } from "../../tests/dataset-fixture.ts";
import type { DatasetIterator } from "./dataset.ts";
import { permuteIndex, Random } from "./random.ts";
import { checkState, type DatasetState } from "./state.ts";

async function stateAfter(ds: { iterate(): DatasetIterator<unknown> }, steps: number): Promise<DatasetState> {
  await using run = ds.iterate();
  for (let i = 0; i < steps; i++) await run.next();
  return run.state();
}
const failing = (code: string): unknown => expect.objectContaining({ code });

describe("state", () => {
  it("is the start before anything was read", async () => {
    const { ds } = itemDataset([3]);
    for (const each of [ds, ds.take(2).batch(2), ds.repeat(2), ds.shuffle({ seed: 1 })]) {
      const state = each.iterate().state();
      expect(state.position).toEqual([]);
      expect(await each.resume(state as DatasetState).count()).toBe(await each.count());
    }
    const late = await stateAfter(ds, 2);
    expect(ds.resume(late).iterate().state()).toEqual(late);
  });

  it("of a resumed dataset goes on too, with or without operations behind it", async () => {
    const { ds } = itemDataset([4, 4, 4]);
    const first = await stateAfter(ds, 3);
    const second = await stateAfter(ds.resume(first), 4);
    expect(await numbers(ds.resume(second))).toEqual([7, 8, 9, 10, 11]);
    const pairs = ds
      .resume(first)
      .filter(({ n }) => n % 2 === 0)
      .take(4);
    expect(await numbers(pairs)).toEqual([4, 6, 8, 10]);
    const third = await stateAfter(pairs, 3);
    expect(await numbers(pairs.resume(third))).toEqual([10]);
    expect(pairs.iterate().state().position).toEqual([]);
  });

  it("stays small, whatever the operations", async () => {
    const { ds } = itemDataset([30, 30]);
    const deep = ds
      .skip(1)
      .repeat(3)
      .shuffle({ seed: 1 })
      .take(100)
      .partition({ index: 1, count: 3, by: "sample" })
      .batch(2);
    const state = await stateAfter(deep, 5);
    expect(JSON.stringify(state).length).toBeLessThan(300);
    const rest = [];
    for await (const { n } of deep.resume(JSON.parse(JSON.stringify(state)))) rest.push(n);
    const whole = [];
    for await (const { n } of deep) whole.push(n);
    expect(rest).toEqual(whole.slice(5));
  });

  it("is refused by another dataset, other operations, and a newer version", async () => {
    const { ds } = itemDataset([3, 3]);
    const state = await stateAfter(ds, 1);
    expect(() => itemDataset([3]).ds.resume(state)).toThrow(failing("STATE_MISMATCH"));
    expect(() => ds.filter(() => true).resume(state)).toThrow(failing("STATE_MISMATCH"));
    expect(() => ds.where((f) => f.n.gt(1)).resume(state)).toThrow(failing("STATE_MISMATCH"));
    const odd = await stateAfter(
      ds.where((f) => f.n.gt(1)),
      1,
    );
    expect(() => ds.where((f) => f.n.gt(2)).resume(odd)).toThrow(failing("STATE_MISMATCH"));
    expect(() => ds.resume({ ...state, format: "atdata.state/2" })).toThrow(failing("FORMAT_TOO_NEW"));
    for (const broken of [
      null,
      {},
      7,
      { ...state, position: -1 },
      { ...state, position: [1] },
      { ...state, position: "1" },
      { ...state, format: "x" },
    ]) {
      expect(() => ds.resume(broken as DatasetState)).toThrow(failing("FORMAT_INVALID"));
    }
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep, 0];
    expect(() => ds.resume({ ...state, position: deep } as DatasetState)).toThrow(failing("FORMAT_INVALID"));
    await expect(numbers(ds.resume({ ...state, position: [1, 2] }))).rejects.toMatchObject({ code: "STATE_MISMATCH" });
    await expect(
      numbers(ds.take(2).resume({ ...(await stateAfter(ds.take(2), 1)), position: 1 })),
    ).rejects.toMatchObject({
      code: "STATE_MISMATCH",
    });
  });

  it("of a shuffle is refused where counts or sizes are others than they were", async () => {
    const known = itemDataset([5, 5]);
    const unknown = itemDataset([5, 5], { recorded: false, around: remote });
    const sized = itemDataset([5, 5], {
      spoil: (_, shards) =>
        shards.forEach((shard, i) => {
          shards[i] = { ...shard, bytes: 1e10 };
        }),
    });
    const state = await stateAfter(known.ds.shuffle({ seed: 1 }), 3);
    expect(await numbers(known.ds.shuffle({ seed: 1 }).resume(state))).toHaveLength(7);
    for (const { ds } of [unknown, sized]) {
      await expect(numbers(ds.shuffle({ seed: 1 }).resume(state))).rejects.toMatchObject({ code: "STATE_MISMATCH" });
    }
    // In the order of the shards a position means the same with and without counts.
    expect(await numbers(unknown.ds.resume(await stateAfter(known.ds, 7)))).toEqual([7, 8, 9]);
  });
});

describe("docs/formats.md", () => {
  const docs = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
  const example = (title: string): unknown => {
    const section = docs.slice(docs.indexOf(`\n## ${title}\n`));
    return JSON.parse(/```json\n([\s\S]*?)```/.exec(section)?.[1] ?? "");
  };

  it("has a state as its example, which is read", () => {
    const state = example("Dataset state") as DatasetState;
    expect(checkState(state, state.dataset)).toBe(state);
    expect(Object.keys(state)).toEqual(["format", "dataset", "order", "position"]);
  });

  it("shuffles in the same order where nothing says how many samples there are", async () => {
    for (const window of [1, 3, 4, 100]) {
      const shuffled = (options: FixtureOptions) =>
        numbers(itemDataset([4, 3, 0, 3], options).ds.shuffle({ seed: 7, window }));
      expect(await shuffled({ recorded: false, around: remote })).toEqual(await shuffled({}));
    }
  });

  it("has the shuffled orders that are made", async () => {
    const told = example("Shuffled order") as Record<string, number[]>;
    expect(told).toEqual({
      words: upTo(3).map(
        function (this: Random) {
          return this.next();
        },
        new Random(7, 0, 0),
      ),
      permutation: [...new Random(7, 0, 0).permutation(5)],
      all: upTo(10).map((p) => permuteIndex(p, 10, { seed: 7, epoch: 0 })),
      windows: await numbers(itemDataset([4, 3, 3]).ds.shuffle({ seed: 7, window: 4 })),
    });
  });
});

import { describe, expect, it } from "vitest";
import { item, itemDataset, keyOf, remote, upTo } from "../../tests/dataset-fixture.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import type { ByteReader } from "../protocols/data-source.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import { detach } from "./detach.ts";

/** Stands for a compressed format: places in the file are not those of the records. */
function packed(): ShardFormat {
  const unwrap = async (bytes: ByteReader): Promise<ByteReader> => ({
    compression: "none-at-all",
    next: () => bytes.next(),
    close: () => bytes.close(),
  });
  return { ...memoryFormat(), unwrap };
}

const ways = [
  ["with counts, local", {}],
  ["without counts, local", { recorded: false }],
  ["with counts, remote", { around: remote }],
  ["without counts, remote", { recorded: false, around: remote }],
  ["compressed", { recorded: false, format: packed() }],
] as const;

it("walks the headers of a shard once for all keys", async () => {
  const { ds, source } = itemDataset([3, 0, 4]);
  await ds.get("nobody");
  const walked = source.reads.length;
  for (const n of [6, 0, 3, 6]) expect(await ds.get(keyOf(n))).toEqual(item(n));
  expect(source.reads.length - walked).toBe(4);
});

describe.each(ways)("random access %s", (_, options) => {
  it("finds samples by key", async () => {
    const { ds, source } = itemDataset([3, 0, 4], options);
    for (const n of [0, 2, 3, 6]) expect(await ds.get(keyOf(n))).toEqual(item(n));
    expect(await ds.get("nobody")).toBeUndefined();
    expect(await ds.map(({ n }) => n + 1).get(keyOf(4))).toBe(5);
    expect(await ds.filter(({ n }) => n > 4).get(keyOf(4))).toBeUndefined();
    expect((await ds.filter(({ n }) => n > 4).get(keyOf(5)))?.n).toBe(5);
    expect(source.openReaders).toBe(0);
  });

  it("reads samples at positions, in the order asked for", async () => {
    const { ds, source } = itemDataset([3, 0, 4], options);
    expect(await ds.at(4)).toEqual(item(4));
    expect(await ds.at(7)).toBeUndefined();
    expect(await ds.select([6, 0, 6, 3])).toEqual([6, 0, 6, 3].map(item));
    expect(await ds.select([])).toEqual([]);
    expect(await ds.map(({ n }) => ({ n: n * 2 })).select([5, 1])).toEqual([{ n: 10 }, { n: 2 }]);
    expect(await ds.filter(({ n }) => n % 2 === 1).select([2, 0])).toEqual([item(5), item(1)]);
    await expect(ds.select([1, 7, 9])).rejects.toMatchObject({
      code: "INDEX_OUT_OF_RANGE",
      fields: { indices: [7, 9], samples: 7 },
    });
    await expect(ds.at(-1)).rejects.toThrow(RangeError);
    expect(source.openReaders).toBe(0);
  });

  it("counts", async () => {
    const { ds } = itemDataset([3, 0, 4], options);
    expect(await ds.count()).toBe(7);
    expect(
      await ds
        .shuffle({ seed: 1 })
        .map(() => 0)
        .count(),
    ).toBe(7);
    expect(await ds.filter(({ n }) => n > 4).count()).toBe(2);
    expect(await ds.where((f) => f.n.gt(4)).count()).toBe(2);
    expect(await ds.batch(2).count()).toBe(4);
    expect(await ds.take(5).skip(1).count()).toBe(4);
  });
});

describe("random access", () => {
  it("opens only the shard that holds a position", async () => {
    for (const around of [undefined, remote]) {
      const { ds, source } = itemDataset([5, 5, 5, 5], around && { around });
      expect((await ds.at(7))?.n).toBe(7);
      expect(new Set([...source.opens, ...source.reads.map(({ url }) => url)])).toEqual(new Set(["s-1.mem"]));
    }
  });

  it("names a shard that changed behind its table", async () => {
    const { ds, files } = itemDataset([4], { recorded: false });
    await ds.at(1);
    files.set("s-0.mem", new Uint8Array((files.get("s-0.mem") as Uint8Array).length));
    await expect(ds.at(2)).rejects.toMatchObject({ code: "SHARD_CORRUPT", fields: { shard: "s-0.mem" } });
  });
});

describe("columns and head", () => {
  it("give arrays stacked and lists", async () => {
    const { ds } = itemDataset([3, 2]);
    const columns = await ds.columns();
    expect(columns.n).toEqual(upTo(5));
    expect(columns.pair.shape).toEqual([5, 2]);
    expect(await ds.columns(["n"], { limit: 2 })).toEqual({ n: [0, 1] });
    expect(await ds.filter(() => false).columns(["n"])).toEqual({ n: [] });
    await expect(ds.columns(["other" as "n"])).rejects.toThrow(RangeError);
    expect(await ds.map(({ n }): object => (n === 1 ? { odd: n } : { n })).columns(undefined, { limit: 3 })).toEqual({
      n: [0, undefined, 2],
      odd: [undefined, 1, undefined],
    });
  });

  it("start where a resumed dataset starts", async () => {
    const { ds } = itemDataset([6]);
    const run = ds.iterate();
    await run.next();
    await run.next();
    const rest = ds.resume(run.state());
    await run.return();
    expect((await rest.head(2)).map(({ n }) => n)).toEqual([2, 3]);
    expect((await rest.columns(["n"])).n).toEqual([2, 3, 4, 5]);
    expect(await rest.count()).toBe(4);
    expect((await rest.at(0))?.n).toBe(2);
    expect((await rest.filter(({ n }) => n > 3).head()).map(({ n }) => n)).toEqual([4, 5]);
  });

  it("do not keep the memory of a shard alive", async () => {
    const { ds } = itemDataset([3]);
    const [first] = await ds.head(1);
    const kept = detach(first);
    expect(kept).toEqual(first);
    expect(kept?.pair.data.buffer.byteLength).toBe(8);
    expect(kept?.pair.data).not.toBe(first?.pair.data);
  });
});

import { describe, expect, it } from "vitest";
import { Item, item, itemDataset, keyOf, numbers, remote, shardOf, upTo } from "../../tests/dataset-fixture.ts";
import type { AtdataError } from "../errors.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { sample } from "../schema/sample.ts";
import { str } from "../schema/scalar-fields.ts";
import { consoleTelemetry } from "../telemetry/console.ts";

const Bad = sample("Bad", { other: str() });

/** Writes something else than an item at number `n` of a shard. */
function spoilSample(files: Map<string, Uint8Array>, shard: number, first: number, length: number, n: number): void {
  const good = upTo(length).map((i) => ({ key: keyOf(first + i), sample: item(first + i) as unknown }));
  const parts = good.map((row, i) =>
    shardOf((i === n ? Bad : Item) as never, [{ ...row, sample: (i === n ? { other: "x" } : row.sample) as never }]),
  );
  const end = shardOf(Item, []).length;
  const bytes = parts.map((part) => part.subarray(0, part.length - end));
  bytes.push(shardOf(Item, []));
  files.set(`s-${shard}.mem`, Uint8Array.from(bytes.flatMap((part) => [...part])));
}
function truncate(files: Map<string, Uint8Array>, url: string, by: number): void {
  const bytes = files.get(url) as Uint8Array;
  files.set(url, bytes.subarray(0, bytes.length - by));
}

describe("damage", () => {
  it("is named with shard, key and place", async () => {
    const { ds, source } = itemDataset([3, 3], { spoil: (files) => spoilSample(files, 1, 3, 3, 1) });
    for (const each of [ds, ds.shuffle({ seed: 1 }), ds.partition({ index: 0, count: 2, by: "sample" })]) {
      const error = await numbers(each).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "SCHEMA_MISMATCH", fields: { shard: "s-1.mem", at: expect.any(Number) } });
      expect(source.openReaders).toBe(0);
    }
    const error = await numbers(ds).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ fields: { key: "000004" } });
  });

  it("is skipped when that is asked for, a sample or the rest of a shard", async () => {
    const skip = { onError: "skip" } as const;
    const spoilt = itemDataset([3, 3], { ...skip, spoil: (files) => spoilSample(files, 1, 3, 3, 1) });
    expect(await numbers(spoilt.ds)).toEqual([0, 1, 2, 3, 5]);
    for (const around of [undefined, remote]) {
      const cut = itemDataset([3, 3, 3], {
        ...skip,
        ...(around && { around }),
        verify: false,
        spoil: (files) => truncate(files, "s-1.mem", 300),
      });
      expect(await numbers(cut.ds)).toEqual([0, 1, 2, 3, 4, 6, 7, 8]);
      expect((await numbers(cut.ds.shuffle({ seed: 2 }))).sort()).toEqual([0, 1, 2, 3, 4, 6, 7, 8]);
      const parts = await Promise.all(
        upTo(2).map((index) => numbers(cut.ds.partition({ index, count: 2, by: "sample" }))),
      );
      // Positions stay those of the undamaged dataset.
      expect(parts).toEqual([
        [0, 2, 4, 6, 8],
        [1, 3, 7],
      ]);
      const gone = itemDataset([2, 2], {
        ...skip,
        ...(around && { around }),
        spoil: (files) => files.delete("s-0.mem"),
      });
      expect(await numbers(gone.ds)).toEqual([2, 3]);
      expect(gone.source.openReaders).toBe(0);
    }
  });

  it("is decided about by a function, up to a number", async () => {
    const seen: string[] = [];
    const spoil = (files: Map<string, Uint8Array>) => spoilSample(files, 0, 0, 3, 1);
    const onError = (error: AtdataError) => {
      seen.push(error.code);
      return "skip" as const;
    };
    expect(await numbers(itemDataset([3], { spoil, onError }).ds)).toEqual([0, 2]);
    expect(seen).toEqual(["SCHEMA_MISMATCH"]);
    await expect(numbers(itemDataset([3], { spoil, onError: () => "throw" }).ds)).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
    await expect(numbers(itemDataset([3], { spoil, onError, maxErrors: 0 }).ds)).rejects.toMatchObject({
      code: "TOO_MANY_ERRORS",
      fields: { skipped: 1 },
    });
  });

  it("never hides an error of the user's own function", async () => {
    const { ds } = itemDataset([3], { onError: "skip" });
    await expect(numbers(ds.filter(() => Promise.reject(new Error("mine"))))).rejects.toThrow("mine");
  });

  it("is a shard that holds more or fewer samples than was said", async () => {
    for (const [said, code] of [
      [2, "SHARD_CORRUPT"],
      [4, "SHARD_TRUNCATED"],
    ] as const) {
      const spoil = (_: unknown, shards: { samples?: number }[]) => {
        shards[0] = { ...shards[0], samples: said };
      };
      const { ds, source } = itemDataset([3, 3], { spoil: spoil as never });
      await expect(numbers(ds)).rejects.toMatchObject({ code, fields: { shard: "s-0.mem" } });
      await expect(numbers(ds.shuffle({ seed: 1 }))).rejects.toMatchObject({ code });
      expect(source.openReaders).toBe(0);
    }
  });

  it("never hides what is no error of the data", async () => {
    const bug = new TypeError("a bug of the source");
    const around = (source: DataSource): DataSource => ({ ...source, open: () => Promise.reject(bug) });
    await expect(numbers(itemDataset([3], { onError: "skip", around }).ds)).rejects.toBe(bug);
  });

  it("of a compression closes what was opened", async () => {
    const unwrap = () => Promise.reject(new Error("no such compression"));
    const { ds, source } = itemDataset([3], { format: { ...memoryFormat(), unwrap } });
    await expect(numbers(ds)).rejects.toThrow("no such compression");
    expect(source.opens).toHaveLength(1);
    expect(source.openReaders).toBe(0);
  });
});

describe("verify", () => {
  const spoil = (_: unknown, shards: object[]): void => {
    shards[1] = { ...shards[1], sha256: "0".repeat(64) };
  };
  it.each([
    ["auto", "local", false],
    ["auto", "remote", true],
    [true, "local", true],
    [false, "remote", false],
  ] as const)("%s, %s shards: refuses a wrong checksum: %s", async (verify, where, refuses) => {
    const around = where === "remote" ? remote : undefined;
    const { ds, source } = itemDataset([3, 3], { verify, ...(around && { around }), spoil: spoil as never });
    for (const each of [ds, ds.shuffle({ seed: 1 })]) {
      const read = numbers(each);
      if (refuses)
        await expect(read).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH", fields: { shard: "s-1.mem" } });
      else expect(await read).toHaveLength(6);
    }
    expect(source.openReaders).toBe(0);
  });
});

describe("telemetry", () => {
  it("tells of every shard that is read, and of what is skipped", async () => {
    const lines: string[] = [];
    const telemetry = consoleTelemetry({ level: "debug", write: (line) => lines.push(line.replace(/ [\d.]+ms/, "")) });
    const { ds, files } = itemDataset([2, 3], {
      telemetry,
      onError: "skip",
      spoil: (all) => truncate(all, "s-1.mem", 200),
    });
    await numbers(ds);
    const lengths = [...files.values()].map(({ length }) => length);
    expect(lines).toEqual([
      `debug count atdata.read.bytes ${lengths[0]}`,
      "debug count atdata.read.samples 2",
      "debug span atdata.read.shard shard=s-0.mem",
      "debug count atdata.read.skipped 1 code=SHARD_TRUNCATED",
      `debug count atdata.read.bytes ${lengths[1]}`,
      "debug count atdata.read.samples 2",
      expect.stringMatching(
        /^debug span atdata.read.shard failed: .*SHARD|^debug span atdata.read.shard failed: the shard ends/,
      ),
    ]);
  });
});

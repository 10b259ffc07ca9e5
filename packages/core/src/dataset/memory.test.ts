import { describe, expect, it } from "vitest";
import { keyOf, remote, shardOf, upTo } from "../../tests/dataset-fixture.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { sample } from "../schema/sample.ts";
import type { Infer } from "../schema/sample-type.ts";
import { bytes } from "../schema/scalar-fields.ts";
import { memorySource } from "../sources/memory-source.ts";
import { createDataset } from "./create-dataset.ts";
import type { Dataset } from "./dataset.ts";

/** The memory of all chunks that were given. */
const given = new Set<ArrayBufferLike>();

/** Spoils the memory of every chunk that it gets back, as a source does that uses it again. */
function poisoned(source: DataSource): DataSource {
  return {
    ...source,
    open: async (url) => {
      let at = 0;
      return {
        next: async () => {
          const chunk = await source.read?.(url, at, 700);
          at += chunk?.length ?? 0;
          if (chunk !== undefined) given.add(chunk.buffer);
          return chunk?.length === 0 ? undefined : chunk;
        },
        release: (chunk) => {
          chunk.fill(255);
        },
        close: async () => undefined,
      };
    },
  };
}

describe("samples that are kept", () => {
  const Pixels = sample("Pixels", { a: ndarray("uint8", [8]), b: bytes() });
  type Pixels = Infer<typeof Pixels>;
  const pixels = (n: number): Pixels => ({
    a: { data: new Uint8Array(8).fill(n), shape: [8], dtype: "uint8" },
    b: new Uint8Array(3).fill(n),
  });
  const bytesOf = () =>
    shardOf(
      Pixels,
      upTo(20).map((n) => ({ key: keyOf(n), sample: pixels(n) })),
    );
  // Far away and without counts, a shuffle has nothing but a buffer.
  const source = (samples: number | undefined) => {
    const near = poisoned(memorySource({ "p.mem": bytesOf() }));
    return samples === undefined ? remote(near) : near;
  };
  const make = (samples: number | undefined) =>
    createDataset({
      type: Pixels,
      shards: [{ url: "p.mem", samples }],
      source: source(samples),
      format: memoryFormat(),
    });

  it.each<[string, (ds: Dataset<Pixels>) => Dataset<Pixels>]>([
    ["plain", (ds) => ds],
    ["filter", (ds) => ds.filter(() => true)],
    ["map", (ds) => ds.map((each) => each)],
    ["take", (ds) => ds.take(100)],
    ["concurrent map", (ds) => ds.map((each) => each, { concurrency: 2 })],
    ["shuffle", (ds) => ds.shuffle({ seed: 1, window: 4 })],
    ["buffer", (ds) => ds.filter(() => true).shuffle({ seed: 1, window: 4 })],
  ])("own their memory (%s)", async (_, change) => {
    for (const samples of [20, undefined]) {
      const kept: Pixels[] = [];
      for await (const each of change(make(samples))) kept.push(each);
      expect(kept.filter(({ b }) => given.has(b.buffer))).toEqual([]);
      expect(kept.sort((x, y) => (x.b[0] as number) - (y.b[0] as number))).toEqual(upTo(20).map(pixels));
    }
  });

  it("own their memory in buffers, calls at once and batches, even when borrowing was asked for", async () => {
    for (const samples of [20, undefined]) {
      for (const change of [
        (ds: Dataset<Pixels>) => ds.map((each) => each, { concurrency: 3 }),
        (ds: Dataset<Pixels>) => ds.filter(() => true).shuffle({ seed: 1, window: 4 }),
      ]) {
        const kept: Pixels[] = [];
        for await (const each of change(make(samples)).iterate({ borrow: true })) kept.push(each);
        expect(kept.sort((x, y) => (x.b[0] as number) - (y.b[0] as number))).toEqual(upTo(20).map(pixels));
      }
      const rows: number[] = [];
      for await (const { a, b } of make(samples).batch(3).iterate({ borrow: true })) {
        rows.push(...b.map((each) => each[0] as number));
        expect(b.map((each) => each[0])).toEqual(upTo(b.length).map((i) => a.data[i * 8]));
      }
      expect(rows).toEqual(upTo(20));
    }
  });

  it("are spoilt only when they were borrowed", async () => {
    const kept: Pixels[] = [];
    for await (const each of make(20).iterate({ borrow: true })) kept.push(each);
    expect(kept).not.toEqual(upTo(20).map(pixels));
  });
});

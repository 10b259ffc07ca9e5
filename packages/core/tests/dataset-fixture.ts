import { type CountingSource, countingSource } from "@atdata/conformance";
import { ByteWriter } from "../src/codec/byte-writer.ts";
import { createDataset } from "../src/dataset/create-dataset.ts";
import type { Dataset } from "../src/dataset/dataset.ts";
import type { DatasetInput } from "../src/dataset/read-options.ts";
import { memoryFormat } from "../src/formats/memory-format.ts";
import { createHasher } from "../src/hasher.ts";
import type { NdArray } from "../src/ndarray/ndarray.ts";
import type { DataSource, ShardInfo } from "../src/protocols/data-source.ts";
import { list, optional } from "../src/schema/container-fields.ts";
import { ndarray } from "../src/schema/ndarray-field.ts";
import { sample } from "../src/schema/sample.ts";
import type { SampleType } from "../src/schema/sample-type.ts";
import { int, str } from "../src/schema/scalar-fields.ts";
import { memorySource } from "../src/sources/memory-source.ts";

export const Item: SampleType<Item> = sample("Item", {
  n: int(),
  name: str(),
  pair: ndarray("float32", [2]),
  tags: list(str()),
  note: optional(str()),
});
export interface Item {
  n: number;
  name: string;
  pair: NdArray<"float32">;
  tags: string[];
  note?: string | undefined;
}

export function item(n: number): Item {
  const tags = n % 2 === 0 ? ["even"] : ["odd"];
  const note = n % 3 === 0 ? `note ${n}` : undefined;
  return {
    n,
    name: `item ${n}`,
    pair: { data: Float32Array.of(n, -n), shape: [2], dtype: "float32" },
    tags,
    ...(note !== undefined && { note }),
  };
}

export function keyOf(n: number): string {
  return String(n).padStart(6, "0");
}

/** Writes samples as a shard of the memory format. */
export function shardOf<S>(type: SampleType<S>, samples: readonly { key: string; sample: S }[]): Uint8Array {
  const out = new ByteWriter();
  const writer = memoryFormat().writer();
  for (const { key, sample: value } of samples) {
    writer.begin(out, key);
    type.codec.write(out, value);
    writer.end(out);
  }
  writer.close(out);
  return out.toBytes();
}

export interface FixtureOptions extends Partial<DatasetInput<Item>> {
  /** Whether the shards say how many samples they hold. Default true. */
  readonly recorded?: boolean;
  /** Changes the source that is counted. */
  readonly around?: (source: DataSource) => DataSource;
  /** Changes a shard's bytes or what is said of it. */
  readonly spoil?: (files: Map<string, Uint8Array>, shards: ShardInfo[]) => void;
}

export interface Fixture {
  readonly ds: Dataset<Item>;
  readonly source: CountingSource;
  readonly files: Map<string, Uint8Array>;
  readonly input: DatasetInput<Item>;
}

/** Makes a dataset of items 0, 1, 2, … in shards of the given lengths. */
export function itemDataset(lengths: readonly number[], options: FixtureOptions = {}): Fixture {
  const { recorded = true, around = (source) => source, spoil, ...rest } = options;
  const files = new Map<string, Uint8Array>();
  const shards: ShardInfo[] = [];
  let n = 0;
  lengths.forEach((length, shard) => {
    const samples = Array.from({ length }, () => ({ key: keyOf(n), sample: item(n++) }));
    const bytes = shardOf(Item, samples);
    const url = `s-${shard}.mem`;
    files.set(url, bytes);
    const hasher = createHasher();
    hasher.update(bytes);
    shards.push({ url, bytes: bytes.length, sha256: hasher.hex(), ...(recorded && { samples: length }) });
  });
  spoil?.(files, shards);
  const source = countingSource(around(memorySource(files)));
  const input: DatasetInput<Item> = { type: Item, shards, source, format: memoryFormat(), ...rest };
  return { ds: createDataset(input), source, files, input };
}

/** Makes a source count as one far away, so that nothing is walked and shards are read ahead. */
export function remote(source: DataSource): DataSource {
  return { ...source, capabilities: { ...source.capabilities, local: false } };
}

/** Reads everything and gives the numbers of the items. */
export async function numbers(ds: AsyncIterable<{ readonly n: number }>): Promise<number[]> {
  const found: number[] = [];
  for await (const { n } of ds) found.push(n);
  return found;
}

export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Merges parts round-robin from part 0, until the first that has no more. */
export function merge<T>(parts: readonly (readonly T[])[]): T[] {
  const merged: T[] = [];
  for (let round = 0; ; round++) {
    for (const part of parts) {
      if (round >= part.length) return merged;
      merged.push(part[round] as T);
    }
  }
}

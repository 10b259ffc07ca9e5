import type { DatasetInput } from "./read-options.ts";
import { walkShard } from "./shard-walk.ts";
import { Shared } from "./shared.ts";

/** Where the records of one shard lie, in order. */
export interface ShardTable {
  /** Where each payload starts. */
  readonly offsets: Float64Array;
  /** Length of each payload. */
  readonly sizes: Float64Array;
  /** The {@link keyHash} of each key. */
  readonly keys: Float64Array;
  /** Whether records can be read by their places: not in a compressed shard. */
  readonly ranged: boolean;
}

/** The tables of a dataset's shards, each made by one walk when it is first needed, 24 bytes a sample. */
export class ShardTables {
  readonly #input: DatasetInput<unknown>;
  readonly #tables: Map<number, Shared<ShardTable>> = new Map();

  /** Takes the dataset. */
  constructor(input: DatasetInput<unknown>) {
    this.#input = input;
  }

  /** Gives the table of a shard. */
  get(shard: number, signal: AbortSignal | undefined): Promise<ShardTable> {
    let table = this.#tables.get(shard);
    if (table === undefined) {
      table = new Shared((walkSignal) => this.#walk(shard, walkSignal));
      this.#tables.set(shard, table);
    }
    return table.get(signal);
  }

  async #walk(shard: number, signal: AbortSignal | undefined): Promise<ShardTable> {
    const offsets: number[] = [];
    const sizes: number[] = [];
    const keys: number[] = [];
    let all = true;
    for await (const { key, offset, size, ranged } of walkShard(this.#input, shard, signal)) {
      offsets.push(offset);
      sizes.push(size);
      keys.push(keyHash(key));
      all &&= ranged;
    }
    const [o, s, k] = [offsets, sizes, keys].map((values) => Float64Array.from(values));
    return { ranged: all, offsets: o as Float64Array, sizes: s as Float64Array, keys: k as Float64Array };
  }
}

/** Sums a key up in 53 bits: the key itself is compared when its record is read. */
export function keyHash(key: string): number {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) + a;
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

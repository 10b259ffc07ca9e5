import type { DatasetInput } from "./read-options.ts";
import { walkShard } from "./shard-walk.ts";
import { Shared } from "./shared.ts";

/** Where the records of one shard lie, in order. */
export interface ShardTable {
  /** Where each payload starts. */
  readonly offsets: Float64Array;
  /** Length of each payload. */
  readonly sizes: Float64Array;
  /** Whether records can be read by their places: not in a compressed shard. */
  readonly ranged: boolean;
}

/** The tables of a dataset's shards, each made by one walk when it is first needed, 16 bytes a sample. */
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
    let all = true;
    for await (const { offset, size, ranged } of walkShard(this.#input, shard, signal)) {
      offsets.push(offset);
      sizes.push(size);
      all &&= ranged;
    }
    return { ranged: all, offsets: Float64Array.from(offsets), sizes: Float64Array.from(sizes) };
  }
}

import type { PluginIndex, ShardPlaces } from "../protocols/shard-plugin.ts";
import type { Place } from "./place.ts";
import type { DatasetInput } from "./read-options.ts";
import { walkShard } from "./shard-walk.ts";
import { Shared } from "./shared.ts";

/** Where the records of one shard lie, in order, as a walk over its headers has found. */
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

/** The rows of one shard that can be read from their places. */
export interface ShardRows {
  /** Number of rows. */
  readonly length: number;
  /** Tells where a row lies. */
  at(row: number): Place;
}

/** What is known of the rows of a dataset's shards, each found out when it is first needed. */
export class ShardTables {
  readonly #input: DatasetInput<unknown>;
  readonly #indexes: (signal: AbortSignal | undefined) => Promise<readonly PluginIndex[]>;
  readonly #tables: Map<number, Shared<ShardTable>> = new Map();
  readonly #places: Map<number, Shared<ShardPlaces | undefined>> = new Map();

  /** Takes the dataset, and what gives the indexes of its plugins. */
  constructor(
    input: DatasetInput<unknown>,
    indexes: (signal: AbortSignal | undefined) => Promise<readonly PluginIndex[]>,
  ) {
    this.#input = input;
    this.#indexes = indexes;
  }

  /** Gives the table that a walk over a shard makes, 24 bytes a sample. */
  get(shard: number, signal: AbortSignal | undefined): Promise<ShardTable> {
    return shared(this.#tables, shard, (own) => this.#walk(shard, own)).get(signal);
  }

  /**
   * Gives the rows of a shard, from a plugin or with `walk` from a walk; `undefined` when they are not known, or cannot
   * be read from their places.
   */
  async rows(shard: number, signal: AbortSignal | undefined, walk: boolean): Promise<ShardRows | undefined> {
    if (this.#input.source.read === undefined) return undefined;
    const places = await shared(this.#places, shard, (own) => this.#ask(shard, own)).get(signal);
    if (places !== undefined) return rowsOf(places);
    if (!walk) return undefined;
    const table = await this.get(shard, signal);
    return table.ranged ? rowsOf(table) : undefined;
  }

  async #ask(shard: number, signal: AbortSignal | undefined): Promise<ShardPlaces | undefined> {
    const samples = this.#input.shards[shard]?.samples;
    for (const index of await this.#indexes(signal)) {
      const places = await index.places?.(shard, { signal });
      if (places !== undefined && (samples ?? places.keys.length) === places.keys.length) return places;
    }
    return undefined;
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

function shared<T>(
  all: Map<number, Shared<T>>,
  shard: number,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Shared<T> {
  let one = all.get(shard);
  if (one === undefined) {
    one = new Shared(work);
    all.set(shard, one);
  }
  return one;
}

function rowsOf(places: ShardTable | ShardPlaces): ShardRows {
  const { offsets, sizes } = places;
  const known = "ranged" in places ? undefined : places;
  return {
    length: offsets.length,
    at: (row) => ({
      offset: offsets[row] as number,
      size: sizes[row] as number,
      key: known?.keys[row],
      sha256: known?.hashes?.[row],
    }),
  };
}

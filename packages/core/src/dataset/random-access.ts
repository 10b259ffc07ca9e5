import { type ShardReader, STEP_END, STEP_RECORD } from "../protocols/shard-format.ts";
import { Failures } from "./failures.ts";
import { LocatedStage } from "./located-stage.ts";
import type { Located } from "./range-groups.ts";
import { readLocated } from "./read-located.ts";
import type { Reading } from "./run.ts";
import { SampleReader } from "./sample-reader.ts";
import { ShardScan } from "./shard-scan.ts";
import { keyHash } from "./shard-tables.ts";
import { END, MORE } from "./stage.ts";

/**
 * Finds a sample by key: by a plugin, by walking headers where that costs no round trips, else by scanning without
 * decoding.
 */
export async function findByKey(reading: Reading, key: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { input } = reading;
  const samples = new SampleReader(input, "copy");
  if (input.source.read !== undefined) {
    for (const index of await reading.indexes(signal)) {
      if (index.locate === undefined) continue;
      const place = await index.locate(key, { signal });
      if (place === undefined) return undefined;
      const shard = input.shards.findIndex(({ url }) => url === place.shard);
      if (shard >= 0) return (await readLocated(input, samples, shard, place, signal)).sample;
    }
    if (input.source.capabilities.local) return findByWalk(reading, samples, key, signal);
  }
  return scanFor(reading, samples, allShards(reading), key, signal);
}

async function findByWalk(
  reading: Reading,
  samples: SampleReader<unknown>,
  key: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { input, tables } = reading;
  const hash = keyHash(key);
  for (let shard = 0; shard < input.shards.length; shard++) {
    const { keys, offsets, sizes, ranged } = await tables.get(shard, signal);
    const row = keys.indexOf(hash);
    if (row < 0) continue;
    if (!ranged) return scanFor(reading, samples, [shard], key, signal);
    const place = { key, offset: offsets[row] as number, size: sizes[row] as number };
    return (await readLocated(input, samples, shard, place, signal)).sample;
  }
  return undefined;
}

async function scanFor(
  reading: Reading,
  samples: SampleReader<unknown>,
  shards: readonly number[],
  key: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  for await (const { reader, shard } of scanRecords(reading, shards, signal)) {
    if (reader.key() === key) return samples.read(reader, shard);
  }
  return undefined;
}

/** Reads the samples at positions of the whole dataset, each once, in one pass over the shards that hold them. */
export async function readPositions(
  reading: Reading,
  positions: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Map<number, unknown>> {
  const found = new Map<number, unknown>();
  const wanted = [...new Set(positions)].sort((a, b) => a - b);
  const known = await reading.counts(signal, false);
  const { shards } = reading.input;
  let start = 0;
  let next = 0;
  for (let shard = 0; shard < shards.length && next < wanted.length; shard++) {
    const count = known?.[shard] ?? shards[shard]?.samples;
    const rows = wanted.slice(next).map((position) => position - start);
    if (count === undefined || (rows[0] as number) < count) {
      const own = count === undefined ? rows : rows.filter((row) => row < count);
      const end = await readRows(reading, shard, own, signal, (row, sample) => found.set(start + row, sample));
      start += count ?? end;
    } else start += count;
    while (next < wanted.length && (wanted[next] as number) < start) next += 1;
  }
  return found;
}

/** Picks the values at positions out of an iteration, which ends when it has them all. */
export async function pickPositions<T>(
  values: AsyncIterable<T>,
  positions: readonly number[],
): Promise<Map<number, T>> {
  const found = new Map<number, T>();
  const wanted = new Set(positions);
  if (wanted.size === 0) return found;
  let position = 0;
  for await (const value of values) {
    if (wanted.has(position)) found.set(position, value);
    if (found.size === wanted.size) break;
    position += 1;
  }
  return found;
}

/** Reads rows, in ascending order, of one shard; gives how many rows were seen, all of them when one was missing. */
async function readRows(
  reading: Reading,
  shard: number,
  rows: readonly number[],
  signal: AbortSignal | undefined,
  found: (row: number, sample: unknown) => void,
): Promise<number> {
  const { input, tables } = reading;
  const samples = new SampleReader(input, "copy");
  const known = await tables.rows(shard, signal, input.source.capabilities.local);
  if (known !== undefined) {
    const there = rows.filter((row) => row < known.length);
    const places = there.map((row) => ({ shard, place: known.at(row), next: row + 1 }));
    let nth = 0;
    for await (const sample of readPlaces(reading, places, signal)) found(there[nth++] as number, sample);
    return known.length;
  }
  const wanted = new Set(rows);
  let row = 0;
  for await (const { reader } of scanRecords(reading, [shard], signal)) {
    if (wanted.delete(row)) found(row, samples.read(reader, shard));
    row += 1;
    if (wanted.size === 0) break;
  }
  return row;
}

/** Reads samples from their places; damage is always an error. */
async function* readPlaces(
  { input }: Reading,
  places: readonly Located[],
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  async function* all(): AsyncGenerator<Located> {
    yield* places;
  }
  const context = { input, signal, failures: new Failures({}), onBytes: () => undefined, giving: "samples" } as const;
  const stage = new LocatedStage({ ...context, ownership: "copy" }, all, 0);
  try {
    for (;;) {
      const value = stage.pull();
      if (value === END) return;
      if (value === MORE) await stage.wait();
      else yield value;
    }
  } finally {
    await stage.close();
  }
}

/** Counts the samples: as recorded or found cheaply, else by stepping through the shards without decoding. */
export async function countSamples(reading: Reading, signal: AbortSignal | undefined): Promise<number> {
  const counts = await reading.counts(signal, true);
  if (counts !== undefined) return counts.reduce((sum, count) => sum + count, 0);
  let total = 0;
  for await (const _ of scanRecords(reading, allShards(reading), signal)) total += 1;
  return total;
}

/** A record that a scan stands on. */
export interface ScannedRecord {
  /** Holds the record until the next step. */
  readonly reader: ShardReader;
  /** Index of its shard. */
  readonly shard: number;
}

/** Steps through the records of shards without decoding; damage is always an error. */
export async function* scanRecords(
  reading: Reading,
  shards: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ScannedRecord> {
  const failures = new Failures({});
  const scan = new ShardScan(reading.input, shards, 0, {
    ...{ signal, failures },
    escaped: () => false,
    onBytes: () => undefined,
  });
  try {
    for (;;) {
      const step = scan.step();
      if (step === STEP_END) return;
      if (step === STEP_RECORD) yield { reader: scan.reader as ShardReader, shard: scan.shard };
      else await scan.advance();
    }
  } finally {
    await scan.close();
  }
}

/** Gives the indices of a dataset's shards. */
export function allShards(reading: Reading): number[] {
  return reading.input.shards.map((_, shard) => shard);
}

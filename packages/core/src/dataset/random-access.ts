import { STEP_END, STEP_MORE } from "../protocols/shard-format.ts";
import { Failures } from "./failures.ts";
import { readLocated } from "./read-located.ts";
import type { Reading } from "./run.ts";
import { SampleReader } from "./sample-reader.ts";
import { ShardScan } from "./shard-scan.ts";
import { walkShard } from "./shard-walk.ts";

/** Finds a sample by key: by a plugin, by walking headers where that costs no round trips, else by scanning without decoding. */
export async function findByKey(reading: Reading, key: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { input } = reading;
  const samples = new SampleReader(input, "copy");
  if (input.source.read !== undefined) {
    for (const index of await reading.indexes(signal)) {
      if (index.locate === undefined) continue;
      const place = await index.locate(key, { signal });
      if (place === undefined) return undefined;
      const shard = input.shards.findIndex(({ url }) => url === place.shard);
      return (await readLocated(input, samples, shard, place, signal)).sample;
    }
    if (input.source.capabilities.local) return findByWalk(reading, samples, key, signal);
  }
  return scanFor(reading, samples, (candidate) => candidate === key, signal);
}

async function findByWalk(
  reading: Reading,
  samples: SampleReader<unknown>,
  key: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { input } = reading;
  for (let shard = 0; shard < input.shards.length; shard++) {
    for await (const place of walkShard(input, shard, signal)) {
      if (place.key !== key) continue;
      if (!place.ranged) return scanFor(reading, samples, (candidate) => candidate === key, signal);
      return (await readLocated(input, samples, shard, place, signal)).sample;
    }
  }
  return undefined;
}

/** Steps through all shards, decoding only the first record whose key is wanted. */
async function scanFor(
  reading: Reading,
  samples: SampleReader<unknown>,
  wanted: (key: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const scan = startScan(reading, 0, signal);
  try {
    for (;;) {
      const step = scan.step();
      if (step === STEP_END) return undefined;
      if (step === STEP_MORE) await scan.advance();
      else if (scan.reader !== undefined && wanted(scan.reader.key())) return samples.read(scan.reader, scan.shard);
    }
  } finally {
    await scan.close();
  }
}

/** Reads the samples at positions of the whole dataset, each once, in one pass over the shards that hold them. */
export async function readPositions(
  reading: Reading,
  positions: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Map<number, unknown>> {
  const found = new Map<number, unknown>();
  const wanted = [...new Set(positions)].sort((a, b) => a - b);
  const samples = new SampleReader(reading.input, "copy");
  const counts = reading.input.shards.map((shard) => shard.samples);
  let start = 0;
  let next = 0;
  for (let shard = 0; shard < counts.length && next < wanted.length; shard++) {
    const count = counts[shard];
    if (count !== undefined && (wanted[next] as number) >= start + count) {
      start += count;
      continue;
    }
    const end = await readInShard(reading, samples, shard, start, wanted.slice(next), found, signal);
    while (next < wanted.length && (wanted[next] as number) < end) next += 1;
    start = end;
  }
  return found;
}

/** Reads what is wanted of one shard; gives the position at which the next shard starts. */
async function readInShard(
  reading: Reading,
  samples: SampleReader<unknown>,
  shard: number,
  start: number,
  wanted: readonly number[],
  found: Map<number, unknown>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { input } = reading;
  if (input.source.capabilities.local && input.source.read !== undefined) {
    const { offsets, sizes, ranged } = await reading.tables.get(shard, signal);
    if (ranged) {
      for (const position of wanted) {
        const row = position - start;
        if (row >= offsets.length) break;
        const place = { offset: offsets[row] as number, size: sizes[row] as number };
        found.set(position, (await readLocated(input, samples, shard, place, signal)).sample);
      }
      return start + offsets.length;
    }
  }
  const scan = startScan(reading, shard, signal);
  const set = new Set(wanted);
  const last = wanted[wanted.length - 1] as number;
  const known = input.shards[shard]?.samples;
  try {
    for (;;) {
      const step = scan.step();
      if (scan.shard > shard || step === STEP_END) return start + scan.ordinal;
      if (step === STEP_MORE) {
        const { ordinal } = scan;
        await scan.advance();
        if (scan.reader === undefined && scan.shard === shard) return start + ordinal;
      } else {
        const position = start + scan.ordinal - 1;
        if (set.has(position) && scan.reader !== undefined) found.set(position, samples.read(scan.reader, shard));
        if (position === last) return start + (known ?? scan.ordinal);
      }
    }
  } finally {
    await scan.close();
  }
}

/** Starts stepping through the shards from one on; damage is always an error. */
export function startScan(reading: Reading, shard: number, signal: AbortSignal | undefined): ShardScan {
  const order = reading.input.shards.map((_, index) => index);
  return new ShardScan(reading.input, order, shard, {
    signal,
    failures: new Failures({}),
    escaped: () => false,
    onBytes: () => undefined,
  });
}

/** Counts the samples: as recorded or found cheaply, else by stepping through the shards without decoding. */
export async function countSamples(reading: Reading, signal: AbortSignal | undefined): Promise<number> {
  const counts = await reading.counts(signal);
  if (counts !== undefined) return counts.reduce((sum, count) => sum + count, 0);
  let total = 0;
  const scan = startScan(reading, 0, signal);
  try {
    for (;;) {
      const step = scan.step();
      if (step === STEP_END) return total;
      if (step === STEP_MORE) await scan.advance();
      else total += 1;
    }
  } finally {
    await scan.close();
  }
}

import { fork } from "node:child_process";
import { basename, dirname } from "node:path";
import { asJavaScript } from "../as-javascript.ts";
import type { MeasuredRow } from "../bench-row.ts";
import { type LongShard, longDigitShard, longPhotoShard, uncountedDigitShard } from "../data/streams.ts";
import { median } from "../measure.ts";
import { serveFolder } from "../server/start-server.ts";

const MB = 1e6;
const FILE_LIMIT = 200 * MB;
const FETCH_LIMIT = 256 * MB;
const RUNS = 3;
/** A second GiB may add this much to the peak: V8 collects buffers when so much of them has come. */
const FLAT_WITHIN = 64 * MB;

/** What is streamed, each in a process of its own. */
const cases = [
  { type: "digits", order: "file" },
  { type: "digits", order: "window" },
  { type: "digits", order: "buffer" },
  { type: "photos", order: "file" },
] as const;

interface Peak {
  readonly what: string;
  readonly limit: number;
  readonly half: number;
  readonly whole: number;
}

/** The peak of a process that streams 2 GiB and does nothing else, Node and its type stripping included. */
export const row: MeasuredRow = {
  id: "memory",
  what: "peak resident memory, streaming 2 GiB from a file (limit 200) and over fetch (256), also shuffling 10,000",
  unit: "MB",
  bar: 1,
  async measure(size) {
    const shards = { digits: await longDigitShard(size), photos: await longPhotoShard(size) };
    // Fills that cache.
    await peakOf(shards.digits.path, "digits", "file", 1);
    const peaks: Peak[] = [];
    for (const { type, order } of cases) {
      // Where nothing says how many samples there are.
      const path = order === "buffer" ? await uncountedDigitShard(size) : shards[type].path;
      peaks.push(
        await measureFile(shards[type], type, order),
        await measureFetch({ ...shards[type], path }, type, order),
      );
    }
    const nearest = peaks.reduce((a, b) => (a.whole / a.limit > b.whole / b.limit ? a : b));
    const isFlat = ({ half, whole }: Peak): boolean => whole - half <= FLAT_WITHIN;
    return {
      ours: nearest.whole / MB,
      baseline: nearest.limit / MB,
      holds: size === "quick" || peaks.every(isFlat),
      details: peaks.map((peak) => {
        const [whole, half, limit] = [peak.whole, peak.half, peak.limit].map((bytes) => Math.round(bytes / MB));
        const growth = isFlat(peak) ? "" : ": NOT FLAT";
        return `${peak.what}: ${whole} MB, ${half} MB for half of it (limit ${limit})${growth}`;
      }),
    };
  },
};

async function measureFile(shard: LongShard, type: string, order: string): Promise<Peak> {
  return {
    ...(await measureBoth(shard.path, shard.samples, type, order)),
    limit: FILE_LIMIT,
    what: `file, ${type}, ${order} order`,
  };
}

async function measureFetch(shard: LongShard, type: string, order: string): Promise<Peak> {
  const server = await serveFolder(dirname(shard.path));
  try {
    const url = server.url + basename(shard.path);
    const both = await measureBoth(url, shard.samples, type, order);
    return { ...both, limit: FETCH_LIMIT, what: `fetch, ${type}, ${order} order` };
  } finally {
    await server.close();
  }
}

async function measureBoth(
  ref: string,
  samples: number,
  type: string,
  order: string,
): Promise<Pick<Peak, "half" | "whole">> {
  // One peak depends on when V8 happens to collect: over fetch by a third.
  const peaks = async (count: number): Promise<number> => {
    const all: number[] = [];
    for (let run = 0; run < RUNS; run++) all.push(await peakOf(ref, type, order, count));
    return median(all);
  };
  return { half: await peaks(Math.floor(samples / 2)), whole: await peaks(samples) };
}

function peakOf(ref: string, type: string, order: string, samples: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = [ref, type, order, String(samples)];
    const child = fork(new URL("../memory/stream-once.ts", import.meta.url), args, { env: asJavaScript });
    let peak: number | undefined;
    child.on("message", (bytes) => {
      peak = bytes as number;
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 && peak !== undefined) resolve(peak);
      else reject(new Error(`streaming ${type} in ${order} order ended with ${signal ?? code}`));
    });
  });
}

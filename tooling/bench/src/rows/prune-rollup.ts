import { memorySource, type PluginIndex, type Predicate, type ShardInfo } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { expectCount, type MeasuredRow, type Size } from "../bench-row.ts";
import { ROWS, rollup } from "../data/rollups.ts";
import { median } from "../measure.ts";

const RUNS = 7;
/** Pruning the most shards takes less than this. */
const LIMIT_MS = 1000;
/** Ten times as many shards may take ten times as long, and as much more as measuring is off by. */
const LINEAR = 10 * 1.5;

interface Cost {
  readonly shards: number;
  /** Reading and decoding the roll-up, and the first query. */
  readonly first: number;
  /** A further query. */
  readonly next: number;
}

/** How the cost grows of finding the shards that may hold a match; no shard and no manifest of one is there. */
export const row: MeasuredRow = {
  id: "prune-rollup",
  what: "roll-up of 100,000 shards opened and pruned to 5, milliseconds; against a second",
  unit: "ms",
  bar: null,
  async measure(size) {
    const costs: Cost[] = [];
    for (const shards of size === "full" ? [1000, 10_000, 100_000] : [10, 100, 1000]) {
      costs.push(await measureCost(size, shards));
    }
    const [, some, most] = costs as [Cost, Cost, Cost];
    const isLinear = most.first <= some.first * LINEAR && most.next <= some.next * LINEAR;
    return {
      ours: most.first,
      baseline: LIMIT_MS,
      holds: size === "quick" || (most.first < LIMIT_MS && isLinear),
      details: costs.map(({ shards, first, next }) => {
        const count = shards.toLocaleString("en");
        return `${count} shards: ${first.toFixed(1)} ms from the roll-up on, ${next.toFixed(2)} ms for a further query`;
      }),
    };
  },
};

async function measureCost(size: Size, count: number): Promise<Cost> {
  const source = memorySource({ "events.rollup.parquet": await rollup(size, count) });
  const shards = Array.from({ length: count }, (_, i): ShardInfo => {
    return { url: `events-${String(i).padStart(6, "0")}.tar`, samples: ROWS };
  });
  const low = Math.floor(count / 2) * ROWS;
  const first: number[] = [];
  const next: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    const index = (await manifests().open?.({ shards, source })) as PluginIndex;
    await prune(index, low);
    first.push(performance.now() - begun);
    const again = performance.now();
    // Another query, so that nothing of its answer is known.
    await prune(index, low - 5 * ROWS);
    next.push(performance.now() - again);
  }
  return { shards: count, first: median(first), next: median(next) };
}

async function prune(index: PluginIndex, low: number): Promise<void> {
  const predicate: Predicate = {
    op: "and",
    terms: [
      { op: "between", field: "at", low, high: low + 5 * ROWS - 1 },
      { op: "=", field: "label", value: 7 },
      { op: ">", field: "score", value: 0.5 },
    ],
  };
  expectCount((await index.plan?.(predicate))?.shards ?? 0, 5);
}

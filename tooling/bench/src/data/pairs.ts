import { join } from "node:path";
import { float, type SampleType, sample, str } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import type { Size } from "../bench-row.ts";
import { cached } from "./cache.ts";

/** About the smallest useful sample. */
export interface Pair {
  readonly name: string;
  readonly value: number;
}

/** The type of the pairs. */
export const Pair: SampleType<Pair> = sample("Pair", { name: str(), value: float() });

/** How many pairs there are. */
export function pairCount(size: Size): number {
  return size === "full" ? 200_000 : 1_000;
}

/** Gives the shard of pairs. */
export async function pairShard(size: Size): Promise<string> {
  const pairs = Array.from({ length: pairCount(size) }, (_, i): Pair => ({ name: `sample-${i}`, value: i / 7 }));
  const make = (into: string): Promise<unknown> => writeDataset(Pair, pairs, join(into, "pairs.tar"));
  return join(await cached("pairs", size, make), "pairs.tar");
}

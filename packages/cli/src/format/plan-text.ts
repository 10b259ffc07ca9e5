import type { Plan } from "@atdata/core";
import { formatBytes, formatCount, formatNumberOf } from "./units.ts";

/** What `query --plan --json` prints. */
export interface PlanFacts extends Plan {
  /** Number of shards of the dataset. */
  readonly of: number;
  /** Shards that cannot hold a match. */
  readonly pruned: number;
}

/** Shows how a query would be answered. */
export function planText({ strategy, shards, of, pruned, bytes, reason }: PlanFacts): string {
  const lines = [
    `${strategy}: ${reason}`,
    `shards: ${formatCount(shards)} of ${formatCount(of)}, ${formatCount(pruned)} pruned`,
  ];
  if (bytes !== undefined) lines.push(`manifests: ${formatBytes(bytes)} yet to read, then only the samples that match`);
  else if (strategy === "scan") lines.push(`reads every sample of ${formatNumberOf(shards, "shard")}`);
  return `${lines.join("\n")}\n`;
}

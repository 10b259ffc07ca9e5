import { basename, dirname } from "node:path";
import { openDataset } from "@atdata/wds/node";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShards } from "../data/digits.ts";
import { serveFolder } from "../server/start-server.ts";

const SHARDS = 12;
const LATENCY_MS = 50;

/** Shards from afar: those that follow download while one is decoded. */
export const row: TimedRow = {
  id: "prefetch-50ms",
  what: "stream 12 shards of MNIST from a server that answers after 50 ms; against one shard at a time",
  unit: "ms",
  bar: null,
  async start(size) {
    const path = await digitShards(size, SHARDS);
    const count = digitCount(size);
    const server = await serveFolder(dirname(path), LATENCY_MS);
    const url = server.url + basename(path);
    const read = async (shards: number): Promise<void> => {
      const ds = await openDataset(url, { type: Digit, verify: false, prefetch: { shards } });
      let seen = 0;
      for await (const digit of ds) if (digit.image.data.length === 784) seen += 1;
      expectCount(seen, count);
    };
    return { ours: () => read(2), baseline: () => read(0), close: () => server.close() };
  },
};

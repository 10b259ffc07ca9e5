import { readFileSync } from "node:fs";
import { openDataset } from "@atdata/wds/node";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** Decoding everything against merely having the bytes in memory. */
export const row: TimedRow = {
  id: "read-mnist-raw",
  what: "stream 60,000 MNIST samples, fully decoded; against readFileSync of the shard",
  unit: "ms",
  bar: 1,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    const bytes = readFileSync(path).length;
    return {
      async ours() {
        const ds = await openDataset(path, { type: Digit, verify: false });
        let seen = 0;
        for await (const digit of ds) if (digit.image.data.length === 784) seen += 1;
        expectCount(seen, count);
      },
      async baseline() {
        expectCount(readFileSync(path).length, bytes);
      },
    };
  },
};

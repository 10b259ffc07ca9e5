import { openDataset } from "@atdata/wds/node";
import { readWithTarStream } from "../baselines/tar-stream-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** One sample after the other: what everything else builds on. */
export const row: TimedRow = {
  id: "read-mnist",
  what: "stream 60,000 MNIST samples, fully decoded; against tar-stream + msgpack decode",
  unit: "ms",
  bar: 6,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    return {
      async ours() {
        const ds = await openDataset(path, { type: Digit, verify: false });
        let seen = 0;
        for await (const digit of ds) if (digit.image.data.length === 784) seen += 1;
        expectCount(seen, count);
      },
      async baseline() {
        let seen = 0;
        for await (const _ of readWithTarStream(path)) seen += 1;
        expectCount(seen, count);
      },
    };
  },
};

import { openDataset } from "@atdata/wds/node";
import { readWithTarStream } from "../baselines/tar-stream-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** The price of checking; the baseline checks nothing. */
export const row: TimedRow = {
  id: "read-mnist-verify",
  what: "stream 60,000 MNIST samples with the shard's sha256 checked; against tar-stream + msgpack decode unchecked",
  unit: "ms",
  bar: 2.8,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    return {
      async ours() {
        const ds = await openDataset(path, { type: Digit, verify: true });
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

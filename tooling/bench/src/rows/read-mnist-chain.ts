import { openDataset } from "@atdata/wds/node";
import { readWithTarStream } from "../baselines/tar-stream-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** Three operations of the user's, which the baseline is spared. */
export const row: TimedRow = {
  id: "read-mnist-chain",
  what: "the same through filter → map → filter; against tar-stream + msgpack decode without them",
  unit: "ms",
  bar: 5,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    return {
      async ours() {
        const ds = await openDataset(path, { type: Digit, verify: false });
        const chain = ds
          .filter((digit) => digit.label >= 0)
          .map((digit) => ({ image: digit.image, odd: digit.label % 2 === 1 }))
          .filter((digit) => digit.odd || digit.image.shape.length === 2);
        let seen = 0;
        for await (const digit of chain) if (digit.image.data.length === 784) seen += 1;
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

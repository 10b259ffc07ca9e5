import { openDataset } from "@atdata/wds/node";
import { listenToTarStream } from "../baselines/tar-stream-listen.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** The same against a baseline that only calls back, and so can be faster. */
export const row: TimedRow = {
  id: "read-mnist-listen",
  what: "stream 60,000 MNIST samples, fully decoded; against tar-stream's listeners + msgpack decode",
  unit: "ms",
  bar: null,
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
        await listenToTarStream(path, () => {
          seen += 1;
        });
        expectCount(seen, count);
      },
    };
  },
};

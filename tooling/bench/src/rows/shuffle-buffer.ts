import { openDataset } from "@atdata/wds/node";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** The price of a shuffle behind a filter, where no count is known. */
export const row: TimedRow = {
  id: "shuffle-buffer",
  what: "stream 60,000 MNIST samples shuffled behind a filter; against this library in file order with the filter",
  unit: "ms",
  bar: null,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    return {
      async ours() {
        const ds = (await openDataset(path, { type: Digit, verify: false })).filter(({ label }) => label >= 0);
        let seen = 0;
        for await (const digit of ds.shuffle({ seed: 1 })) if (digit.image.data.length === 784) seen += 1;
        expectCount(seen, count);
      },
      async baseline() {
        const ds = (await openDataset(path, { type: Digit, verify: false })).filter(({ label }) => label >= 0);
        let seen = 0;
        for await (const digit of ds) if (digit.image.data.length === 784) seen += 1;
        expectCount(seen, count);
      },
    };
  },
};

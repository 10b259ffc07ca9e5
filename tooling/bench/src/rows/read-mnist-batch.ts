import { openDataset } from "@atdata/wds/node";
import { readWithTarStream } from "../baselines/tar-stream-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";

/** Batches with their images stacked, which the baseline is spared. */
export const row: TimedRow = {
  id: "read-mnist-batch",
  what: "the same as batch(32), arrays stacked; against tar-stream + msgpack decode without batches",
  unit: "ms",
  bar: 6,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    return {
      async ours() {
        const ds = await openDataset(path, { type: Digit, verify: false });
        let seen = 0;
        for await (const batch of ds.batch(32)) seen += batch.image.shape[0] as number;
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

import { openDataset } from "@atdata/wds/node";
import { readWithTarStream } from "../baselines/tar-stream-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, pythonDigitShard } from "../data/digits.ts";

/** What Python's writer leaves: three header blocks a sample. */
export const row: TimedRow = {
  id: "read-mnist-pax",
  what: "the same samples in an archive as Python writes it (PAX); against tar-stream + msgpack decode on it",
  unit: "ms",
  bar: 6,
  async start(size) {
    const path = await pythonDigitShard(size);
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

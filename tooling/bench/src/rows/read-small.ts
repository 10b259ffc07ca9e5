import { openDataset } from "@atdata/wds/node";
import { readWithTarStream } from "../baselines/tar-stream-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Pair, pairCount, pairShard } from "../data/pairs.ts";

/** Small samples, where all the time goes to what is around them. */
export const row: TimedRow = {
  id: "read-small",
  what: "stream 200,000 { name, value } samples; against tar-stream + msgpack decode",
  unit: "ms",
  bar: 9,
  async start(size) {
    const path = await pairShard(size);
    const count = pairCount(size);
    return {
      async ours() {
        const ds = await openDataset(path, { type: Pair, verify: false });
        let seen = 0;
        for await (const pair of ds) if (pair.name !== "" && pair.value >= 0) seen += 1;
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

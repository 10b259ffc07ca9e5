import { readColumns } from "../baselines/parquet-wasm-read.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { eventCount, eventShards, openEvents } from "../data/events.ts";
import { LEAST, matches } from "../data/scan.ts";

/** Nothing is pruned: each shard may hold a match, and most do. */
export const row: TimedRow = {
  id: "query-scan",
  what: "query over all of 1,000 shards of 10,000 rows, portable engine; against decoding the same columns with parquet-wasm",
  unit: "ms",
  bar: 0.7,
  async start(size) {
    const data = await eventShards(size);
    const { shards, rows } = eventCount(size);
    const want = matches(shards * rows);
    const columns = ["score", "label", "__key__", "__offset__", "__size__"];
    return {
      async ours() {
        let seen = 0;
        for await (const _ of openEvents(data).query((f) => f.score.gt(LEAST).and(f.label.eq(7)))) seen += 1;
        expectCount(seen, want);
      },
      async baseline() {
        let seen = 0;
        for (const path of data.rows) seen += (await readColumns(path, columns)).numRows;
        expectCount(seen, shards * rows);
      },
    };
  },
};

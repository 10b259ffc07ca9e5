import { dirname } from "node:path";
import { openDuckdb } from "../baselines/duckdb-query.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { event, eventCount, eventShards, openEvents } from "../data/events.ts";

/** The dataset is opened anew in each pass, so that the roll-up, footers and columns are read and decoded each time. */
export const row: TimedRow = {
  id: "query-pruned",
  what: "query that prunes 99 % of 1,000 shards of 10,000 rows, roll-up and columns read anew; against DuckDB over the Parquet files",
  unit: "ms",
  bar: 4,
  async start(size) {
    const data = await eventShards(size);
    const { shards, rows } = eventCount(size);
    const low = Math.floor(shards * 0.42) * rows;
    const high = low + Math.max(1, shards / 100) * rows - 1;
    let want = 0;
    for (let i = low; i <= high; i++) if (event(i).label === 7) want += 1;
    const duckdb = await openDuckdb();
    const sql = `SELECT filename, __key__, __offset__, __size__
      FROM read_parquet('${dirname(data.rows[0] as string)}/*.manifest.parquet', filename = true)
      WHERE "at" BETWEEN ${low} AND ${high} AND "label" = 7`;
    return {
      async ours() {
        let seen = 0;
        for await (const _ of openEvents(data).query((f) => f.at.between(low, high).and(f.label.eq(7)))) seen += 1;
        expectCount(seen, want);
      },
      async baseline() {
        expectCount(await duckdb.count(sql), want);
      },
      close: async () => duckdb.close(),
    };
  },
};

import { dirname } from "node:path";
import { openDuckdb } from "../baselines/duckdb-query.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { event, eventCount, eventShards, openEvents } from "../data/events.ts";

/** In one pass: a single one takes so short that the rounds would be over before the code has settled. */
const QUERIES = 10;

/**
 * The dataset is opened anew for each query, so that the roll-up, footers and columns are read and decoded each time. DuckDB keeps its
 * connection, and what it keeps with that by default. No two queries of a pass are about the same shards.
 */
export const row: TimedRow = {
  id: "query-pruned",
  what: "10 queries that prune 99 % of 1,000 shards of 10,000 rows, roll-up and columns read anew; against DuckDB over the Parquet files",
  unit: "ms",
  bar: 4,
  async start(size) {
    const data = await eventShards(size);
    const { shards, rows } = eventCount(size);
    const length = Math.max(1, shards / 100) * rows;
    const queries = Array.from({ length: QUERIES }, (_, n) => {
      const low = Math.floor((shards * (n + 0.42)) / QUERIES) * rows;
      const high = low + length - 1;
      let want = 0;
      for (let i = low; i <= high; i++) if (event(i).label === 7) want += 1;
      return { low, high, want };
    });
    const duckdb = await openDuckdb();
    const sql = (low: number, high: number): string => `SELECT filename, __key__, __offset__, __size__
      FROM read_parquet('${dirname(data.rows[0] as string)}/*.manifest.parquet', filename = true)
      WHERE "at" BETWEEN ${low} AND ${high} AND "label" = 7`;
    return {
      async ours() {
        for (const { low, high, want } of queries) {
          let seen = 0;
          for await (const _ of openEvents(data).query((f) => f.at.between(low, high).and(f.label.eq(7)))) seen += 1;
          expectCount(seen, want);
        }
      },
      async baseline() {
        for (const { low, high, want } of queries) expectCount(await duckdb.count(sql(low, high)), want);
      },
      close: async () => duckdb.close(),
    };
  },
};

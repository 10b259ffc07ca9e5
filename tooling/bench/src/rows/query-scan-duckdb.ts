import { dirname } from "node:path";
import { duckdbEngine } from "@atdata/manifest/duckdb";
import { openDuckdb } from "../baselines/duckdb-query.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { eventCount, eventShards, openEvents } from "../data/events.ts";
import { LEAST, matches } from "../data/scan.ts";

/** The same query as `query-scan`; both have DuckDB open before. */
export const row: TimedRow = {
  id: "query-scan-duckdb",
  what: "the same, DuckDB as the engine; against DuckDB on the same files with SQL by hand",
  unit: "ms",
  bar: 0.8,
  async start(size) {
    const data = await eventShards(size);
    const { shards, rows } = eventCount(size);
    const want = matches(shards * rows);
    const engine = duckdbEngine();
    const duckdb = await openDuckdb();
    const sql = `SELECT filename, __key__, __offset__, __size__
      FROM read_parquet('${dirname(data.rows[0] as string)}/*.manifest.parquet', filename = true)
      WHERE "score" > ${LEAST} AND "label" = 7`;
    return {
      async ours() {
        let seen = 0;
        const events = openEvents(data, { engine });
        for await (const _ of events.query((f) => f.score.gt(LEAST).and(f.label.eq(7)))) seen += 1;
        expectCount(seen, want);
      },
      async baseline() {
        expectCount(await duckdb.count(sql), want);
      },
      async close() {
        duckdb.close();
        await engine[Symbol.asyncDispose]();
      },
    };
  },
};

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Size } from "../bench-row.ts";
import { cached } from "./cache.ts";

/** Samples of a shard in a generated roll-up. */
export const ROWS = 10_000;

const fields = [
  { name: "at", kind: "time", type: "int64" },
  { name: "label", kind: "numeric", type: "int64" },
  { name: "score", kind: "numeric", type: "double" },
  { name: "site", kind: "categorical", type: "string" },
];
/** What the documentation of the format says of shards like those of the events. */
const columns = [
  `'events-' || lpad(i::VARCHAR, 6, '0') || '.tar' AS url`,
  `${ROWS}::BIGINT AS samples`,
  `15361024::BIGINT AS bytes`,
  `unhex(sha256(i::VARCHAR)) AS sha256`,
  `lpad((i * ${ROWS})::VARCHAR, 10, '0') AS key_min`,
  `lpad((i * ${ROWS} + ${ROWS - 1})::VARCHAR, 10, '0') AS key_max`,
  "true AS keys_sorted",
  "NULL::BLOB AS key_filter",
  ...fields.map(
    ({ name }) => `${ROWS}::BIGINT AS "${name}.count", 0::BIGINT AS "${name}.nulls", 0::BIGINT AS "${name}.nans"`,
  ),
  `i * ${ROWS} AS "at.min", i * ${ROWS} + ${ROWS - 1} AS "at.max"`,
  `0::BIGINT AS "label.min", 9::BIGINT AS "label.max", 45000.0::DOUBLE AS "label.sum"`,
  `range(10) AS "label.values", [1000::BIGINT FOR x IN range(10)] AS "label.value_counts"`,
  `random() / 100 AS "score.min", 1 - random() / 100 AS "score.max", 5000.0::DOUBLE AS "score.sum"`,
  `'site-' || (i % 30) AS "site.min", 'site-' || (i % 30 + 9) AS "site.max"`,
  `['site-' || (i % 30 + x) FOR x IN range(10)] AS "site.values", [1000::BIGINT FOR x IN range(10)] AS "site.value_counts"`,
];

/**
 * Gives the roll-up of `shards` shards, made by DuckDB in plain pages as our own writer's are: that one would have to write the shards'
 * manifests first.
 */
export async function rollup(size: Size, shards: number): Promise<Uint8Array> {
  const name = "events.rollup.parquet";
  const folder = await cached(`rollup-${shards}`, size, async (into) => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const metadata = JSON.stringify({ format: "atdata.rollup/1", fields });
    await connection.run(`COPY (SELECT ${columns.join(", ")} FROM range(${shards}) AS shard(i) ORDER BY i)
      TO '${join(into, name)}' (FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 0, KV_METADATA { atdata: '${metadata}' })`);
    connection.closeSync();
    instance.closeSync();
  });
  return readFile(join(folder, name));
}

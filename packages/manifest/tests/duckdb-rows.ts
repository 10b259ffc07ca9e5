import type { DuckDBConnection } from "@duckdb/node-api";
import { sqlName, sqlText } from "../src/duckdb/sql-literal.ts";
import type { ManifestField } from "../src/summary/shard-summary.ts";
import { type Row, rowFields } from "./arbitrary-rows.ts";

const given = Number(process.env.ATDATA_FUZZ ?? 300);

/** Runs of a property over DuckDB: 300, or what `ATDATA_FUZZ` says up to 10,000. */
export const RUNS: number = Math.min(10_000, Math.max(1, given || 300));

const types = { string: "VARCHAR", int64: "BIGINT", double: "DOUBLE", boolean: "BOOLEAN" };

/** Makes a table `rows` of samples, with their number as `n`. */
export async function createRows(connection: DuckDBConnection, samples: readonly Row[]): Promise<void> {
  const columns = rowFields.map((field) => `${sqlName(field.name)} ${columnType(field)}`);
  await connection.run(`CREATE OR REPLACE TABLE rows (n INTEGER, ${columns.join(", ")})`);
  if (samples.length === 0) return;
  const values = samples.map(
    (sample, n) => `(${[n, ...rowFields.map((field) => cell(sample[field.name], field))].join(", ")})`,
  );
  await connection.run(`INSERT INTO rows VALUES ${values.join(", ")}`);
}

function columnType({ kind, type }: ManifestField): string {
  return kind === "set" ? `${types[type]}[]` : types[type];
}

function cell(value: unknown, field: ManifestField): string {
  if (value === null || value === undefined) return "NULL";
  if (Array.isArray(value)) {
    const items = value.map((item) => cell(item, { ...field, kind: "categorical" }));
    return `[${items.join(", ")}]::${columnType(field)}`;
  }
  if (typeof value === "string") return sqlText(value);
  return `'${Object.is(value, -0) ? "-0" : String(value)}'::${types[field.type]}`;
}

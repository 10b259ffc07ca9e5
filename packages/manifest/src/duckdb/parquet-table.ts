import { sqlText } from "./sql-literal.ts";

/** Writes DuckDB's table of the rows of Parquet files, in their order. */
export function parquetTable(paths: readonly string[], more = ""): string {
  // Statistics in Parquet pass over NaN; without this DuckDB takes a row group between 1 and 1 for ones only.
  return `read_parquet(${pathList(paths)}, can_have_nan = true${more})`;
}

/** Writes a list of paths, each of which stands for itself. */
export function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => sqlText(escapeGlob(path))).join(", ")}]`;
}

/** Writes a path so that characters of a glob stand for themselves. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

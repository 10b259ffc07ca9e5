import { type DuckDBDataChunk, type JS, JSDuckDBValueConverter } from "@duckdb/node-api";

/**
 * A value of a result of SQL: integers beyond ±2^53 as bigint, others as number; BLOB as bytes; lists as arrays, structs
 * as objects; dates and timestamps as `Date`, to the millisecond.
 */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly SqlValue[]
  | { readonly [name: string]: SqlValue };

/** A row of a result of SQL, columns by name in their order; of those with one name the second is `name:1`. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Makes rows out of a chunk of a result. */
export function sqlRows(chunk: DuckDBDataChunk, names: readonly string[]): SqlRow[] {
  const columns = names.map((_name, i) => chunk.convertColumnValues(i, JSDuckDBValueConverter).map(plain));
  // From entries, because a column may be called `__proto__`.
  return Array.from({ length: chunk.rowCount }, (_, row) =>
    Object.fromEntries(names.map((name, i) => [name, columns[i]?.[row] ?? null])),
  );
}

function plain(value: JS): SqlValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

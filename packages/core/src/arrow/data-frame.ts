import { dtypeInfo } from "../ndarray/dtype.ts";
import { isNdArray } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";

/** One value of a column that is a list; `null` where there is none. */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Cell[]
  | { readonly [name: string]: Cell };

/** A column of one dtype; points in time may have a time zone, in which they are shown: they count from 1970 UTC all the same. */
export interface ArrayColumn extends NdArray {
  /** An IANA name such as `"Europe/Berlin"`, or an offset. */
  readonly timezone?: string;
}

/**
 * The values of one column.
 *
 * Floats, times, and whole numbers and booleans without gaps are one-dimensional arrays: a missing float is NaN, a missing time NaT.
 * Everything else is a list, whole numbers with gaps as `bigint`.
 */
export type Column = ArrayColumn | readonly Cell[];

/** A table of named columns of equal length: what pandas calls a data frame. */
export interface DataFrame {
  /** The columns by name, in order; without a prototype when decoded. */
  readonly columns: Readonly<Record<string, Column>>;
  /** pandas' own notes (index, categories …) as JSON text; kept as they are: leave them out when the columns become others. */
  readonly pandas?: string;
}

/** Factors from numpy's units to the nearest unit that Parquet has. */
export const timeUnits: Readonly<Record<string, { readonly unit: "ms" | "us" | "ns"; readonly factor: bigint }>> = {
  W: { unit: "ms", factor: 604_800_000n },
  D: { unit: "ms", factor: 86_400_000n },
  h: { unit: "ms", factor: 3_600_000n },
  m: { unit: "ms", factor: 60_000n },
  s: { unit: "ms", factor: 1000n },
  ms: { unit: "ms", factor: 1n },
  us: { unit: "us", factor: 1n },
  ns: { unit: "ns", factor: 1n },
};

const maxDepth = 16;

/** Tells whether a value can be written as a data frame: columns of equal length, each of one kind of value. */
export function isDataFrame(value: unknown): value is DataFrame {
  if (typeof value !== "object" || value === null) return false;
  const { columns, pandas } = value as Partial<DataFrame>;
  if (typeof columns !== "object" || columns === null || (pandas !== undefined && typeof pandas !== "string"))
    return false;
  const list = Object.values(columns);
  const length = list[0] === undefined ? 0 : columnLength(list[0]);
  return list.every((column) => isColumn(column) && columnLength(column) === length);
}

/** Counts the values of a column. */
export function columnLength(column: Column): number {
  return isArrayColumn(column) ? (column.shape[0] ?? 0) : column.length;
}

/** Tells an array column from a list. */
export function isArrayColumn(column: Column): column is ArrayColumn {
  return !Array.isArray(column);
}

/** Gives the unit of a time dtype: `"ns"` of `"datetime64[ns]"`. */
export function unitOf(dtype: string): string {
  return dtype.slice(dtype.indexOf("[") + 1, -1);
}

/** Names the one kind of a list's values: `mixed` when there are several, `empty` when all are missing. */
export function kindOf(cells: readonly Cell[]): string {
  let kind = "empty";
  for (const cell of cells) {
    if (cell === null || cell === undefined) continue;
    const found = Array.isArray(cell) ? "list" : cell instanceof Uint8Array ? "bytes" : typeof cell;
    if (kind !== "empty" && kind !== found) return "mixed";
    kind = found;
  }
  return kind;
}

function isColumn(column: unknown): column is Column {
  if (Array.isArray(column)) return isList(column, 0);
  if (!isNdArray(column) || column.shape.length !== 1) return false;
  const { kind } = dtypeInfo(column.dtype);
  if (kind === "M" || kind === "m") return unitOf(column.dtype) in timeUnits;
  return kind !== "c";
}

function isList(cells: readonly Cell[], depth: number): boolean {
  if (depth > maxDepth) return false;
  const present = cells.filter((cell) => cell !== null);
  switch (kindOf(cells)) {
    case "empty":
    case "boolean":
    case "number":
    case "string":
    case "bytes":
      return !present.includes(undefined as never);
    case "bigint":
      return present.every((cell) => (cell as bigint) >= -(2n ** 63n) && (cell as bigint) < 2n ** 64n);
    case "list":
      return isList((present as Cell[][]).flat(), depth + 1);
    case "object":
      return fieldNames(present).every((name) => isList(cellsOf(present, name), depth + 1));
    default:
      return false;
  }
}

/** Lists the names that the objects of a list have between them. */
export function fieldNames(cells: readonly Cell[]): string[] {
  return [...new Set(cells.flatMap((cell) => (cell === null ? [] : Object.keys(cell as object))))];
}

/** Gives one field of each object of a list, `null` where it is missing. */
export function cellsOf(cells: readonly Cell[], name: string): Cell[] {
  return cells.map((cell) =>
    cell !== null && Object.hasOwn(cell as object, name) ? ((cell as Record<string, Cell>)[name] ?? null) : null,
  );
}

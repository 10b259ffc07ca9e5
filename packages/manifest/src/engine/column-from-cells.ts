import type { ColumnType } from "../summary/shard-summary.ts";
import type { Column, ScalarColumn } from "./column.ts";

/**
 * Makes a column from the values of a field, null or undefined where there is none.
 *
 * Copies: numbers and truths, not texts.
 */
export function columnFromCells(cells: ArrayLike<unknown>, type: ColumnType, isList: boolean): Column {
  if (!isList) return scalarColumn(cells, type);
  const count = cells.length;
  const offsets = new Uint32Array(count + 1);
  const nulls = new Uint8Array(count);
  const items: unknown[] = [];
  for (let row = 0; row < count; row++) {
    const list = cells[row];
    if (Array.isArray(list)) for (const item of list) items.push(item);
    else nulls[row] = 1;
    offsets[row + 1] = items.length;
  }
  return { type: "list", items: scalarColumn(items, type), offsets, nulls: someNulls(nulls) };
}

function scalarColumn(cells: ArrayLike<unknown>, type: ColumnType): ScalarColumn {
  switch (type) {
    case "string":
      return { type, values: cells as ArrayLike<string | null | undefined> };
    case "boolean": {
      const nulls = nullsOf(cells);
      return { type, values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)), nulls };
    }
    case "double": {
      if (cells instanceof Float64Array) return { type, values: cells };
      const nulls = nullsOf(cells);
      return { type, values: Float64Array.from(cells, (cell) => (isAbsent(cell) ? 0 : Number(cell))), nulls };
    }
    case "int64":
      return { type, values: wholeNumbers(cells), nulls: nullsOf(cells) };
  }
}

function wholeNumbers(cells: ArrayLike<unknown>): Float64Array | BigInt64Array {
  const numbers = cells instanceof BigInt64Array ? safeIntegers(cells) : undefined;
  if (numbers !== undefined) return numbers;
  if (cells instanceof BigInt64Array) return cells;
  const values = new Float64Array(cells.length);
  for (let i = 0; i < values.length; i++) {
    const number = isAbsent(cells[i]) ? 0 : Number(cells[i]);
    if (!Number.isSafeInteger(number)) return BigInt64Array.from(cells as ArrayLike<number | bigint>, bigintOf);
    values[i] = number;
  }
  return values;
}

/** Turns 64-bit integers into doubles by their halves, without a bigint each; `undefined` when some would not be exact. */
export function safeIntegers(values: BigInt64Array): Float64Array | undefined {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    const high = halves[2 * i + 1] as number;
    if (high >= 2 ** 21 || high < -(2 ** 21)) return undefined;
    numbers[i] = high * 2 ** 32 + ((halves[2 * i] as number) >>> 0);
  }
  return numbers;
}

function bigintOf(cell: number | bigint | null | undefined): bigint {
  return cell === null || cell === undefined ? 0n : BigInt(cell);
}

function nullsOf(cells: ArrayLike<unknown>): Uint8Array | undefined {
  if (ArrayBuffer.isView(cells)) return undefined;
  const nulls = new Uint8Array(cells.length);
  for (let i = 0; i < nulls.length; i++) if (isAbsent(cells[i])) nulls[i] = 1;
  return someNulls(nulls);
}

function someNulls(nulls: Uint8Array): Uint8Array | undefined {
  return nulls.includes(1) ? nulls : undefined;
}

function isAbsent(cell: unknown): boolean {
  return cell === null || cell === undefined;
}

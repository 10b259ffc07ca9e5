import type { Column } from "../engine/column.ts";
import { columnFromCells } from "../engine/column-from-cells.ts";
import { columnFromPlain } from "../engine/column-from-plain.ts";
import type { ByteSlices } from "../parquet/byte-slices.ts";
import type { ColumnType } from "../summary/shard-summary.ts";
import type { FileColumn } from "./parquet-file.ts";

/** Gives a column in the form that is quick to test. */
export function testable(column: FileColumn, type: ColumnType, isList: boolean): Column {
  return "cells" in column ? columnFromCells(column.cells, type, isList) : columnFromPlain(column, type);
}

/** Texts, or bytes, one a row. */
export interface Slices {
  readonly text: (row: number) => string;
  readonly at: (row: number) => Uint8Array;
}

/** Gives a column of texts or bytes of which few will be asked; `undefined` when some row has none. */
export function slices(column: FileColumn): Slices | undefined {
  if (!("cells" in column)) {
    if (column.nulls !== undefined || column.offsets !== undefined) return undefined;
    return column.values as ByteSlices;
  }
  const { cells } = column;
  for (let i = 0; i < cells.length; i++) if (cells[i] === null || cells[i] === undefined) return undefined;
  return { text: (row) => cells[row] as string, at: (row) => cells[row] as Uint8Array };
}

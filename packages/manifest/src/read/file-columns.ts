import type { Column } from "../engine/column.ts";
import { columnFromCells } from "../engine/column-from-cells.ts";
import { columnFromPlain } from "../engine/column-from-plain.ts";
import type { ByteSlices } from "../parquet/byte-slices.ts";
import { decodeText } from "../parquet/decode-text.ts";
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

const encoder = new TextEncoder();

/** Gives a column of texts or bytes of which few will be asked; `undefined` when some row has neither. */
export function slices(column: FileColumn): Slices | undefined {
  if (!("cells" in column)) {
    if (column.nulls !== undefined || column.offsets !== undefined) return undefined;
    return column.values as ByteSlices;
  }
  const { cells } = column;
  for (let i = 0; i < cells.length; i++) {
    if (typeof cells[i] !== "string" && !(cells[i] instanceof Uint8Array)) return undefined;
  }
  // Whether bytes are marked as text depends on who wrote the file.
  const cell = (row: number): string | Uint8Array => cells[row] as string | Uint8Array;
  return {
    text(row) {
      const value = cell(row);
      return typeof value === "string" ? value : decodeText(value, 0, value.length);
    },
    at(row) {
      const value = cell(row);
      return typeof value === "string" ? encoder.encode(value) : value;
    },
  };
}

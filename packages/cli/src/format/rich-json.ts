import type { NdArray } from "@atdata/core";
import { type ArrowTensor, type Column, type DataFrame, rowCount } from "@atdata/core/arrow";
import type { SafeTensors } from "@atdata/core/safetensors";
import type { SparseMatrix } from "@atdata/core/sparse";
import { arrayJson, base64, integerJson, numberJson } from "./array-json.ts";
import type { JsonOptions } from "./json-options.ts";

/** Summarises a sparse matrix; in full, the arrays that scipy keeps it in. */
export function sparseJson(matrix: SparseMatrix, { full }: JsonOptions): Record<string, unknown> {
  const { format, shape, data } = matrix;
  const stored = data.shape.reduce((product, length) => product * length, 1);
  const summary = { format, shape, dtype: data.dtype, stored };
  if (!full) return summary;
  const values = { data: arrayJson(data) };
  if (matrix.format === "coo") return { ...summary, ...values, coords: matrix.coords.map(arrayJson) };
  if (matrix.format === "dia") return { ...summary, ...values, offsets: arrayJson(matrix.offsets) };
  return { ...summary, ...values, indices: arrayJson(matrix.indices), indptr: arrayJson(matrix.indptr) };
}

/** Summarises a data frame; in full, each column with its values. */
export function dataFrameJson(frame: DataFrame, { full }: JsonOptions): Record<string, unknown> {
  const columns = Object.entries(frame.columns).map(([name, column]) => ({
    name,
    ...columnType(column),
    ...(full && { data: columnData(column) }),
  }));
  return { rows: rowCount(frame), columns };
}

/** Summarises named arrays; in full, each with its elements. */
export function safeTensorsJson({ tensors, metadata }: SafeTensors, { full }: JsonOptions): Record<string, unknown> {
  const arrays = Object.entries(tensors).map(([name, array]) => ({ name, ...tensorJson(array, full) }));
  return { tensors: arrays, ...(metadata !== undefined && { metadata }) };
}

/** Summarises an Arrow tensor; in full, with its elements. */
export function arrowTensorJson(tensor: ArrowTensor, { full }: JsonOptions): Record<string, unknown> {
  const { dimensionNames } = tensor;
  return { ...tensorJson(tensor, full), ...(dimensionNames !== undefined && { dimensionNames }) };
}

/** Names what a column holds: its dtype, or the kind of its first value. */
export function columnType(column: Column): { readonly dtype: string; readonly timezone?: string } {
  if (isCells(column)) return { dtype: cellKind(column.find((cell) => cell !== null)) };
  return { dtype: column.dtype, ...(column.timezone !== undefined && { timezone: column.timezone }) };
}

function tensorJson(array: NdArray, full: boolean): Record<string, unknown> {
  return full ? arrayJson(array) : { dtype: array.dtype, shape: array.shape };
}

function columnData(column: Column): unknown {
  return isCells(column) ? column.map(cellJson) : arrayJson(column).data;
}

function isCells(column: Column): column is Exclude<Column, NdArray> {
  return Array.isArray(column);
}

function cellKind(cell: unknown): string {
  if (cell === undefined) return "null";
  if (cell instanceof Uint8Array) return "bytes";
  if (Array.isArray(cell)) return "list";
  const kinds: Readonly<Record<string, string>> = { string: "str", boolean: "bool", bigint: "int", number: "float" };
  return kinds[typeof cell] ?? "dict";
}

function cellJson(cell: unknown): unknown {
  if (typeof cell === "number") return numberJson(cell);
  if (typeof cell === "bigint") return integerJson(cell);
  if (cell instanceof Uint8Array) return { $bytes: base64(cell) };
  if (Array.isArray(cell)) return cell.map(cellJson);
  if (typeof cell !== "object" || cell === null) return cell;
  return Object.fromEntries(Object.entries(cell).map(([name, item]) => [name, cellJson(item)]));
}

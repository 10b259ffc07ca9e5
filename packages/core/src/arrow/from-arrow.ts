import { MapRow, StructRow, type Table, Type, type Vector } from "apache-arrow";
import { AtdataError } from "../errors.ts";
import { dtypeInfo } from "../ndarray/dtype.ts";
import type { DType, NdArray } from "../ndarray/ndarray.ts";
import type { ArrayColumn, Cell, Column, DataFrame } from "./data-frame.ts";

const notATime = -(2n ** 63n);
const units = ["s", "ms", "us", "ns"];
// Nested cells come from outside: each level is a call.
const maxDepth = 16;

/**
 * Takes an Arrow table apart into columns; copies everything.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – a column of a type that has no counterpart; field `field`.
 */
export function fromArrow(table: Table): DataFrame {
  const columns = Object.create(null) as Record<string, Column>;
  for (const [i, { name }] of table.schema.fields.entries()) {
    const vector = table.getChildAt(i);
    if (vector === null || name in columns)
      throw new AtdataError("NDARRAY_INVALID", "column occurs twice", { field: name });
    columns[name] = readColumn(vector, name);
  }
  const pandas = table.schema.metadata.get("pandas");
  return pandas === undefined ? { columns } : { columns, pandas };
}

function readColumn(vector: Vector, name: string): Column {
  const { type } = vector;
  const dtype = dtypeOf(vector);
  if (dtype !== undefined) {
    const { kind } = dtypeInfo(dtype);
    if (kind === "f" || kind === "M" || kind === "m") return withTimezone(gather(vector, dtype), type);
    return vector.nullCount === 0 ? gather(vector, dtype) : readInts(vector);
  }
  if (type.typeId === Type.Bool && vector.nullCount === 0) {
    return { data: Uint8Array.from(vector, Number), shape: [vector.length], dtype: "bool" };
  }
  return Array.from(vector, (value) => readCell(value, name, 0));
}

function dtypeOf({ type }: Vector): DType | undefined {
  const { typeId, bitWidth, isSigned, precision, unit } = type as unknown as Record<string, number>;
  switch (typeId as Type) {
    case Type.Int:
      return `${isSigned ? "int" : "uint"}${bitWidth}` as DType;
    case Type.Float:
      return (["float16", "float32", "float64"] as const)[precision ?? -1];
    case Type.Timestamp:
      return `datetime64[${units[unit ?? -1]}]`;
    case Type.Date:
      return unit === 0 ? "datetime64[D]" : "datetime64[ms]";
    case Type.Duration:
    case Type.Time:
      // fastparquet has no other way to write a span of time than as a time of day.
      return `timedelta64[${units[unit ?? -1]}]`;
    default:
      return undefined;
  }
}

function gather(vector: Vector, dtype: DType): NdArray {
  const info = dtypeInfo(dtype);
  const out = new info.Data(vector.length);
  const big = out instanceof BigInt64Array || out instanceof BigUint64Array;
  const missing = big ? notATime : dtype === "float16" ? 0x7e00 : Number.NaN;
  let to = 0;
  for (const chunk of vector.data) {
    const values = chunk.values as ArrayLike<number | bigint>;
    for (let i = 0; i < chunk.length; i++) {
      const value = chunk.getValid(i) ? (values[i] as number | bigint) : missing;
      // Days and times of day may be 32 bits wide.
      out[to++] = (big ? BigInt(value) : value) as never;
    }
  }
  return { data: out, shape: [vector.length], dtype };
}

function withTimezone(array: NdArray, type: unknown): ArrayColumn {
  const { timezone } = type as { timezone?: string | null };
  return typeof timezone === "string" ? { ...array, timezone } : array;
}

function readInts(vector: Vector): Cell[] {
  return Array.from(vector, (value) => (value === null ? null : BigInt(value)));
}

function readCell(value: unknown, name: string, depth: number): Cell {
  if (depth > maxDepth) throw new AtdataError("NDARRAY_INVALID", "column is nested too deep", { field: name });
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "bigint" || typeof value === "string")
    return value;
  if (value instanceof Uint8Array) return value.slice();
  if (isVector(value)) return Array.from(value, (item) => readCell(item, name, depth + 1));
  if (value instanceof StructRow || value instanceof MapRow) {
    const row = Object.create(null) as Record<string, Cell>;
    for (const [key, item] of value as Iterable<[unknown, unknown]>) row[String(key)] = readCell(item, name, depth + 1);
    return row;
  }
  throw new AtdataError("NDARRAY_INVALID", "column has a type without a counterpart here", { field: name });
}

function isVector(value: unknown): value is Vector {
  return typeof value === "object" && value !== null && "data" in value && "nullCount" in value;
}

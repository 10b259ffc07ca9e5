import {
  Binary,
  Bool,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  makeVector,
  Schema,
  Struct,
  Table,
  TimeMicrosecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { toFloat32 } from "../ndarray/convert.ts";
import { contiguous } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { toNested } from "../ndarray/nested.ts";
import {
  type ArrayColumn,
  type Cell,
  cellsOf,
  type DataFrame,
  fieldNames,
  isArrayColumn,
  kindOf,
  timeUnits,
  unitOf,
} from "./data-frame.ts";

const notATime = -(2n ** 63n);

/** Builds an Arrow table whose columns can all be missing values, as Parquet written from pandas has them. */
export function toArrowTable(frame: DataFrame): Table {
  const fields: Field[] = [];
  const vectors: Record<string, Vector> = Object.create(null);
  for (const [name, column] of Object.entries(frame.columns)) {
    const vector = isArrayColumn(column) ? arrayVector(column) : listVector(column);
    fields.push(new Field(name, vector.type, true));
    vectors[name] = vector;
  }
  const metadata = new Map(frame.pandas === undefined ? [] : [["pandas", frame.pandas]]);
  return new Table(new Schema(fields, metadata), vectors);
}

function arrayVector(column: ArrayColumn): Vector {
  const array = contiguous(column as NdArray);
  const { data, dtype } = array;
  if (dtype === "bool") return vectorFromArray(toNested(array) as boolean[], new Bool());
  if (dtype === "str" || dtype === "bytes") return listVector(toNested(array) as Cell[]);
  if (dtype.startsWith("datetime64")) return timeVector(array, column.timezone);
  if (dtype.startsWith("timedelta64")) return timeVector(array);
  // fastparquet knows no half floats.
  const plain = dtype === "float16" ? toFloat32(array).data : data;
  return makeVector(plain as Float64Array);
}

function timeVector(array: NdArray, timezone?: string): Vector {
  const { unit, factor } = timeUnits[unitOf(array.dtype)] ?? { unit: "ns", factor: 1n };
  const span = array.dtype.startsWith("timedelta64");
  // A time of day in milliseconds has 32 bits only, too few for a span of time.
  const scale = span && unit === "ms" ? factor * 1000n : factor;
  const values = (array.data as BigInt64Array).map((value) => (value === notATime ? 0n : value * scale));
  const valid = new Uint8Array(Math.ceil(values.length / 8));
  let missing = 0;
  for (const [i, value] of (array.data as BigInt64Array).entries()) {
    if (value === notATime) missing++;
    else valid[i >> 3] = (valid[i >> 3] as number) | (1 << (i & 7));
  }
  const type = span ? (unit === "ns" ? new TimeNanosecond() : new TimeMicrosecond()) : timestamp(unit, timezone);
  return makeVector(
    makeData({
      type: type as TimeNanosecond,
      length: values.length,
      nullCount: missing,
      nullBitmap: valid,
      data: values,
    }),
  );
}

function timestamp(unit: "ms" | "us" | "ns", timezone?: string): DataType {
  if (unit === "ms") return new TimestampMillisecond(timezone);
  return unit === "us" ? new TimestampMicrosecond(timezone) : new TimestampNanosecond(timezone);
}

function listVector(cells: readonly Cell[]): Vector {
  return vectorFromArray(cells, cellType(cells));
}

function cellType(cells: readonly Cell[]): DataType {
  switch (kindOf(cells)) {
    case "boolean":
      return new Bool();
    case "number":
      return new Float64();
    case "bigint":
      return cells.some((cell) => (cell as bigint) > 2n ** 63n - 1n) ? new Uint64() : new Int64();
    case "bytes":
      return new Binary();
    case "list":
      return new List(new Field("element", cellType((cells.filter(Array.isArray) as Cell[][]).flat()), true));
    case "object":
      return new Struct(fieldNames(cells).map((name) => new Field(name, cellType(cellsOf(cells, name)), true)));
    default:
      return new Utf8();
  }
}

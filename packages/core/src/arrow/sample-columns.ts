import {
  Field as ArrowField,
  Binary,
  Bool,
  type Data,
  type DataType,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  makeData,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { AtdataError } from "../errors.ts";
import { toFloat32 } from "../ndarray/convert.ts";
import { contiguous } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { encodeNpy } from "../ndarray/npy.ts";
import type { Field } from "../schema/field.ts";

/** How the values of one field become a column. */
export interface SampleColumn {
  /** The field's name. */
  readonly name: string;
  /** The column: its name, type and nullability. */
  readonly arrow: ArrowField;
  /** Joins values, `undefined` being null. Copies. */
  data(values: readonly unknown[]): Data;
}

/** Arrow's counterparts of dtypes. Half floats become float32, as few readers of Parquet know them. */
const elements: Readonly<Record<string, DataType>> = {
  ...{ int8: new Int8(), int16: new Int16(), int32: new Int32(), int64: new Int64() },
  ...{ uint8: new Uint8(), uint16: new Uint16(), uint32: new Uint32(), uint64: new Uint64() },
  ...{ float16: new Float32(), float32: new Float32(), float64: new Float64(), bool: new Uint8() },
};
const MAX_INT64 = 2n ** 63n - 1n;

/** Plans the column of a field; `undefined` for kinds that have none. */
export function sampleColumn(name: string, field: Field): SampleColumn | undefined {
  const tensor = tensorColumn(name, field);
  if (tensor !== undefined) return tensor;
  const type = cellType(field);
  if (type === undefined) return undefined;
  return {
    name,
    arrow: new ArrowField(name, type, field.optional),
    data(values) {
      const cells = values.map((value) => toCell(name, field, value));
      return vectorFromArray(cells, type).data[0] as Data;
    },
  };
}

function cellType({ kind, items }: Field): DataType | undefined {
  switch (kind) {
    case "str":
      return new Utf8();
    case "int":
    case "int64":
      return new Int64();
    case "float":
      return new Float64();
    case "bool":
      return new Bool();
    case "bytes":
    case "ndarray":
      return new Binary();
    case "list": {
      const item = items && cellType(items);
      return item && new List(new ArrowField("element", item, true));
    }
    default:
      return undefined;
  }
}

function toCell(name: string, field: Field, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  switch (field.kind) {
    case "int":
    case "int64": {
      const integer = BigInt(value as number | bigint);
      if (integer <= MAX_INT64) return integer;
      const clause = "a column of int64 ends at 2^63 - 1";
      throw new AtdataError("INTEGER_TOO_LARGE", clause, { field: name, value: String(value) });
    }
    case "ndarray":
      return encodeNpy(value as NdArray);
    case "list":
      return (value as unknown[]).map((item) => toCell(name, field.items as Field, item));
    default:
      return value;
  }
}

/** Plans a fixed-size list, for arrays whose dtype and shape the type fixes; annotated as Arrow's `fixed_shape_tensor`. */
function tensorColumn(name: string, { kind, dtype, shape, noted, optional }: Field): SampleColumn | undefined {
  const element = dtype && elements[dtype];
  if (kind !== "ndarray" || noted || element === undefined || shape === undefined || shape.includes(null))
    return undefined;
  const size = (shape as readonly number[]).reduce((product, axis) => product * axis, 1);
  if (size === 0) return undefined;
  const type = new FixedSizeList(size, new ArrowField("element", element, false));
  const metadata = new Map([
    ["ARROW:extension:name", "arrow.fixed_shape_tensor"],
    ["ARROW:extension:metadata", JSON.stringify({ shape })],
  ]);
  return {
    name,
    arrow: new ArrowField(name, type, optional, metadata),
    data(values) {
      const joined = new element.ArrayType(values.length * size);
      const valid = new Uint8Array(Math.ceil(values.length / 8));
      let nullCount = 0;
      for (const [row, value] of values.entries()) {
        if (value === undefined) nullCount += 1;
        else {
          valid[row >> 3] = (valid[row >> 3] as number) | (1 << (row & 7));
          joined.set(plainData(value as NdArray), row * size);
        }
      }
      const child = makeData({ type: element as Uint8, length: joined.length, nullCount: 0, data: joined });
      return makeData({ type, length: values.length, nullCount, nullBitmap: valid, child });
    },
  };
}

function plainData(array: NdArray): NdArray["data"] {
  const ordered = contiguous(array);
  return ordered.dtype === "float16" ? toFloat32(ordered as NdArray<"float16">).data : ordered.data;
}

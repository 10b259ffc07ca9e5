import { AtdataError } from "../errors.ts";
import { type DTypeInfo, dtypeInfo, formatDType, lanesOf, parseDType } from "./dtype.ts";
import { copyElements, littleEndianBytes } from "./elements.ts";
import { contiguousData, isNdArray } from "./layout.ts";
import type { NdArray } from "./ndarray.ts";
import { checkDataLength } from "./npy.ts";
import { readNpyHeader, writeNpyHeader } from "./npy-header.ts";
import {
  elementBytes,
  fieldBytes,
  formatRecordType,
  type RecordField,
  type RecordType,
  readRecordType,
  type StoredField,
  type StoredType,
} from "./record-type.ts";
import { elementCount, fortranStrides, isLaidOut, sameShape } from "./shape.ts";

/**
 * An array of records with named fields, held by columns.
 *
 * The column of a field is an array of shape `[...shape, ...field.shape]`; a field of records has a structured column.
 */
export interface StructuredArray {
  /** Tells it from other values. */
  readonly kind: "structured";
  /** Length of each axis; `[]` for a single record. */
  readonly shape: readonly number[];
  /** The stored layout of one record. */
  readonly type: RecordType;
  /** The values of each field, by name; without a prototype. */
  readonly columns: Readonly<Record<string, NdArray | StructuredArray>>;
}

/**
 * Joins columns into a structured array of packed records, fields in the order of the columns.
 *
 * Axes of a column beyond `shape` become the shape of its field. Copies: none; the columns are kept.
 *
 * @param columns - At least one.
 * @param shape - The shape of the whole; the first axis of the first column when left out.
 * @throws {@link AtdataError} `SHAPE_MISMATCH` – a column does not start with `shape`; fields `field`, `want`, `got`.
 * @throws TypeError – no columns, or a column that is no array.
 */
export function structuredFrom(
  columns: Readonly<Record<string, NdArray | StructuredArray>>,
  shape?: readonly number[],
): StructuredArray {
  const entries = Object.entries(columns);
  const first = entries[0];
  if (first === undefined) throw new TypeError("a structured array wants at least one column");
  const outer = shape ?? first[1].shape.slice(0, 1);
  const fields: RecordField[] = [];
  const kept = emptyColumns();
  let offset = 0;
  for (const [name, column] of entries) {
    if (!isStructured(column) && !isNdArray(column)) throw new TypeError(`column ${name} is no array`);
    if (!sameShape(column.shape.slice(0, outer.length), outer)) {
      const wanted = { field: name, want: `[${outer.join(", ")}, …]`, got: `[${column.shape.join(", ")}]` };
      throw new AtdataError("SHAPE_MISMATCH", "column does not start with the shape of the whole", wanted);
    }
    const inner = column.shape.length === outer.length ? {} : { shape: column.shape.slice(outer.length) };
    const type = isRecords(column) ? column.type : column.dtype;
    const length = isRecords(column) || column.itemLength === undefined ? {} : { itemLength: column.itemLength };
    const field: RecordField = { name, type, ...length, ...inner, offset };
    fields.push(field);
    offset += fieldBytes(field);
    kept[name] = column;
  }
  return { kind: "structured", shape: [...outer], type: { fields, itemBytes: offset }, columns: kept };
}

/** Tells whether a value is a well-formed structured array: every field has a column of its type and shape. */
export function isStructured(value: unknown): value is StructuredArray {
  if (typeof value !== "object" || value === null) return false;
  const { kind, shape, type, columns } = value as Partial<StructuredArray>;
  if (kind !== "structured" || !Array.isArray(shape) || !columns || !Array.isArray(type?.fields)) return false;
  return type.fields.every((field) => isColumn(columns[field.name], field, shape));
}

/**
 * Decodes a `.npy` file with named fields. Records in Fortran order are brought to C order, padding is dropped.
 *
 * Copies: always.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, without named fields, or of another length than the header says.
 */
export function decodeStructured(bytes: Uint8Array): StructuredArray {
  const header = readNpyHeader(bytes);
  if (typeof header.descr === "string") {
    const hint = "read it with decodeNdArray, or declare the field as ndarray()";
    throw new AtdataError(
      "NDARRAY_INVALID",
      "array has no named fields",
      { dtype: header.descr.slice(0, 80) },
      { hint },
    );
  }
  const type = readRecordType(header.descr);
  checkDataLength(bytes, header, type.itemBytes, "structured");
  const records = bytes.subarray(header.dataStart);
  const strides = fortranStrides(header.shape);
  const reorder = header.fortranOrder && !isLaidOut(header.shape, strides, "C");
  return readColumns(reorder ? inCOrder(records, header.shape, type.itemBytes) : records, header.shape, type);
}

/**
 * Encodes a structured array as `np.save` does: C order, little-endian, padding zeroed.
 *
 * @throws TypeError – a column is missing or does not fit its field.
 */
export function encodeStructured(array: StructuredArray): Uint8Array {
  if (!isStructured(array)) throw new TypeError("columns do not fit the fields of the structured array");
  const header = writeNpyHeader(formatRecordType(array.type), false, array.shape);
  const out = new Uint8Array(header.length + elementCount(array.shape) * array.type.itemBytes);
  out.set(header);
  writeColumns(out.subarray(header.length), array);
  return out;
}

function readColumns(records: Uint8Array, shape: readonly number[], type: StoredType): StructuredArray {
  const columns = emptyColumns();
  for (const field of type.fields) {
    const packed = takeField(records, type.itemBytes, field);
    const full = [...shape, ...(field.shape ?? [])];
    columns[field.name] =
      typeof field.type === "string" ? readColumn(packed, full, field) : readColumns(packed, full, field.type);
  }
  return { kind: "structured", shape, type: plainType(type), columns };
}

function readColumn(packed: Uint8Array, shape: readonly number[], field: StoredField): NdArray {
  const code = formatDType(field.type as NdArray["dtype"], field.itemLength).slice(1);
  const stored = parseDType((field.littleEndian ? "<" : ">") + code);
  const data = copyElements(packed, 0, packed.length / stored.itemBytes, stored);
  const length = stored.itemLength === undefined ? {} : { itemLength: stored.itemLength };
  return { data, shape, dtype: stored.dtype, ...length };
}

function takeField(records: Uint8Array, step: number, field: RecordField): Uint8Array {
  const size = fieldBytes(field);
  const packed = new Uint8Array((records.length / step) * size);
  for (let from = field.offset, to = 0; to < packed.length; from += step) {
    for (let i = 0; i < size; i++) packed[to++] = records[from + i] as number;
  }
  return packed;
}

function writeColumns(out: Uint8Array, array: StructuredArray): void {
  const step = array.type.itemBytes;
  for (const field of array.type.fields) {
    const size = fieldBytes(field);
    const packed = packColumn(array.columns[field.name] as NdArray | StructuredArray);
    for (let from = 0, to = field.offset; from < packed.length; to += step) {
      for (let i = 0; i < size; i++) out[to + i] = packed[from++] as number;
    }
  }
}

function packColumn(column: NdArray | StructuredArray): Uint8Array {
  if (!isRecords(column)) return littleEndianBytes(contiguousData(column));
  const out = new Uint8Array(elementCount(column.shape) * column.type.itemBytes);
  writeColumns(out, column);
  return out;
}

function inCOrder(records: Uint8Array, shape: readonly number[], itemBytes: number): Uint8Array {
  const data = Uint32Array.from({ length: records.length / itemBytes }, (_, i) => i);
  const order = contiguousData({ data, shape, dtype: "uint32", strides: fortranStrides(shape) });
  const out = new Uint8Array(records.length);
  order.forEach((from, to) => {
    out.set(records.subarray(from * itemBytes, (from + 1) * itemBytes), to * itemBytes);
  });
  return out;
}

function plainType(type: StoredType): RecordType {
  const fields = type.fields.map(({ littleEndian: _, ...field }): RecordField => {
    return typeof field.type === "string" ? field : { ...field, type: plainType(field.type) };
  });
  return { fields, itemBytes: type.itemBytes };
}

function isColumn(column: unknown, field: RecordField, shape: readonly number[]): boolean {
  const full = [...shape, ...(field.shape ?? [])];
  if (typeof field.type !== "string") {
    return isStructured(column) && sameShape(column.shape, full) && column.type.itemBytes === elementBytes(field);
  }
  if (!isNdArray(column) || column.dtype !== field.type || !sameShape(column.shape, full)) return false;
  const info: DTypeInfo = dtypeInfo(column.dtype);
  return lanesOf(info, column.itemLength) === lanesOf(info, field.itemLength);
}

function isRecords(column: NdArray | StructuredArray): column is StructuredArray {
  return "kind" in column;
}

// A field may be called __proto__: without a prototype it is a name like any other.
function emptyColumns(): Record<string, NdArray | StructuredArray> {
  return Object.create(null) as Record<string, NdArray | StructuredArray>;
}

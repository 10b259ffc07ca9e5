import {
  contiguous,
  type DType,
  type NdArray,
  type RecordField,
  type RecordType,
  reshape,
  type StructuredArray,
  toNested,
} from "@atdata/core";

/** Stands for "not a time" among times. */
const NAT = -(2n ** 63n);

/** Gives the JSON form of an array: its dtype's plain name, its shape and its elements in C order, complex ones as re, im. */
export function arrayJson(array: NdArray): Record<string, unknown> {
  const items = elements(array);
  return { dtype: array.dtype, shape: array.shape, data: isComplex(array.dtype) ? items.flat() : items };
}

/** Gives the JSON form of an array of records: the fields' names and types as dtype, one list a record as data. */
export function structuredJson(array: StructuredArray): Record<string, unknown> {
  return { dtype: recordDType(array.type), shape: array.shape, data: records(array) };
}

/** Writes a number so that JSON keeps it: `"NaN"`, `"Infinity"` and `"-Infinity"` are text. */
export function numberJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Writes an integer as a number, or as text where a number would not be exact. */
export function integerJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Writes bytes as base64. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** The elements in C order, one value each. */
function elements(array: NdArray): unknown[] {
  const plain = contiguous(array);
  const count = plain.shape.reduce((product, length) => product * length, 1);
  const flat = toNested(reshape(plain, [count])) as readonly unknown[];
  const isTime = /^(datetime|timedelta)64/.test(array.dtype);
  return flat.map((value) => (isTime && value === NAT ? "NaT" : elementJson(value)));
}

function elementJson(value: unknown): unknown {
  if (typeof value === "number") return numberJson(value);
  if (typeof value === "bigint") return integerJson(value);
  if (value instanceof Uint8Array) return base64(value);
  return Array.isArray(value) ? value.map(elementJson) : value;
}

function isComplex(dtype: DType): boolean {
  return dtype === "complex64" || dtype === "complex128";
}

/** Describes records as numpy does: `[name, dtype]`, with the shape as third where a field has one. */
function recordDType(type: RecordType): unknown[] {
  return type.fields.map((field) => {
    const inner = typeof field.type === "string" ? field.type : recordDType(field.type);
    return field.shape === undefined ? [field.name, inner] : [field.name, inner, field.shape];
  });
}

function records(array: StructuredArray): unknown[][] {
  const count = array.shape.reduce((product, length) => product * length, 1);
  const columns = array.type.fields.map((field) => columnOf(array, field));
  return Array.from({ length: count }, (_, row) => columns.map((column) => column(row)));
}

/** Finds what a field holds in a row: one value, or all of a field with a shape, flat. */
function columnOf(array: StructuredArray, field: RecordField): (row: number) => unknown {
  const column = array.columns[field.name] as NdArray | StructuredArray;
  const values = "kind" in column ? records(column) : elements(column);
  if (field.shape === undefined) return (row) => values[row];
  const each = field.shape.reduce((product, length) => product * length, 1);
  return (row) => values.slice(row * each, (row + 1) * each);
}

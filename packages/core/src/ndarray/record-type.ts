import { AtdataError } from "../errors.ts";
import { dtypeInfo, formatDType, parseDType } from "./dtype.ts";
import type { DType } from "./ndarray.ts";
import { readShape, shapeRepr } from "./npy-header.ts";
import { isTuple, type PythonValue, pythonRepr } from "./python-literal.ts";
import { checkedCount, elementCount } from "./shape.ts";

/** The type of one record: its fields in stored order, and its length with padding. */
export interface RecordType {
  /** The fields in stored order. */
  readonly fields: readonly RecordField[];
  /** Bytes of one record, padding included. */
  readonly itemBytes: number;
}

/** One named field of a record. */
export interface RecordField {
  /** Its name, unique in the record. */
  readonly name: string;
  /** Its element type, or the records that it holds. */
  readonly type: DType | RecordType;
  /** Code points or bytes an element, for `str` and `bytes`. */
  readonly itemLength?: number;
  /** Length of each axis within one record; absent for a single element. */
  readonly shape?: readonly number[];
  /** Where it starts in the record, in bytes. */
  readonly offset: number;
}

/** A field with the byte order that it is stored in. */
export interface StoredField extends RecordField {
  readonly type: DType | StoredType;
  readonly littleEndian: boolean;
}

/** A record type with the byte order that its fields are stored in. */
export interface StoredType extends RecordType {
  readonly fields: readonly StoredField[];
}

const maxFields = 10_000;

/** Counts the bytes that a field takes in one record. */
export function fieldBytes(field: RecordField): number {
  return elementCount(field.shape ?? []) * elementBytes(field);
}

/** Counts the bytes of one element of a field. */
export function elementBytes(field: RecordField): number {
  if (typeof field.type !== "string") return field.type.itemBytes;
  const info = dtypeInfo(field.type);
  return info.lanes === 0 ? (field.itemLength ?? 0) * info.unitBytes : info.itemSize;
}

/**
 * Reads numpy's description of a record: a list of `(name, dtype)` or `(name, dtype, shape)`, unnamed void fields being padding.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – another form, titles, named void fields, a name used twice, or a record without bytes.
 */
export function readRecordType(descr: PythonValue): StoredType {
  if (!Array.isArray(descr) || descr.length > maxFields) throw invalid("dtype is no list of fields");
  const fields: StoredField[] = [];
  const names = new Set<string>();
  let offset = 0;
  for (const entry of descr as readonly PythonValue[]) {
    const [name, type, shape] = isTuple(entry) ? entry.tuple : [];
    if (typeof name !== "string" || type === undefined || (isTuple(entry) && entry.tuple.length > 3)) {
      throw invalid(isTuple(name) ? "fields with titles are not supported" : "a field is no (name, dtype) tuple");
    }
    const padding = name === "" && typeof type === "string" ? /^\|?V([0-9]{1,9})$/.exec(type) : null;
    if (padding !== null) {
      offset += Number(padding[1]);
      continue;
    }
    if (names.has(name)) throw invalid(`field ${name} occurs twice`, name);
    names.add(name);
    const field = readField(name, type, shape, offset);
    offset += fieldBytes(field);
    if (!Number.isSafeInteger(offset)) throw invalid(`field ${name} is too large`, name);
    fields.push(field);
  }
  if (fields.length === 0 || offset === 0) throw invalid("records have no bytes");
  return { fields, itemBytes: offset };
}

/** Writes a record type as numpy describes it, as a Python literal. */
export function formatRecordType(type: RecordType): string {
  const entries: string[] = [];
  let offset = 0;
  const pad = (to: number): void => {
    if (to > offset) entries.push(`('', '|V${to - offset}')`);
  };
  for (const field of type.fields) {
    pad(field.offset);
    const descr =
      typeof field.type === "string" ? `'${formatDType(field.type, field.itemLength)}'` : formatRecordType(field.type);
    const shape = field.shape === undefined ? "" : `, ${shapeRepr(field.shape)}`;
    entries.push(`(${pythonRepr(field.name)}, ${descr}${shape})`);
    offset = field.offset + fieldBytes(field);
  }
  pad(type.itemBytes);
  return `[${entries.join(", ")}]`;
}

function readField(name: string, type: PythonValue, shape: PythonValue | undefined, offset: number): StoredField {
  const axes = shape === undefined ? {} : { shape: readShape(shape) };
  checkedCount(axes.shape ?? []);
  if (typeof type !== "string") return { name, type: readRecordType(type), ...axes, offset, littleEndian: true };
  const stored = readElementType(name, type);
  if (stored.itemBytes === 0) throw invalid(`field ${name} has elements of length 0`, name);
  const length = stored.itemLength === undefined ? {} : { itemLength: stored.itemLength };
  return { name, type: stored.dtype, ...length, ...axes, offset, littleEndian: stored.littleEndian };
}

function readElementType(name: string, type: string): ReturnType<typeof parseDType> {
  try {
    return parseDType(type);
  } catch (cause) {
    throw new AtdataError(
      "NDARRAY_INVALID",
      `field ${name} cannot be read`,
      { field: name, dtype: type.slice(0, 80) },
      { cause },
    );
  }
}

function invalid(clause: string, field?: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", clause, field === undefined ? {} : { field });
}

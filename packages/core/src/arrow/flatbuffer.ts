import type { ByteWriter } from "../codec/byte-writer.ts";

/**
 * The few parts of FlatBuffers that an Arrow tensor message needs.
 *
 * Reading leans on `DataView`, which refuses every access outside the buffer with a RangeError: the caller turns it into its own error.
 */
export interface Table {
  /** The whole buffer. */
  readonly view: DataView;
  /** Where the table starts. */
  readonly at: number;
  /** Where its list of field offsets starts. */
  readonly vtable: number;
}

/** Opens the root table of a buffer. */
export function rootTable(view: DataView): Table {
  return tableAt(view, 0);
}

/** Gives the place of a field's value, or `undefined` when the table leaves it out. */
export function fieldAt(table: Table, id: number): number | undefined {
  const entry = 4 + 2 * id;
  if (entry + 2 > table.view.getUint16(table.vtable, true)) return undefined;
  const offset = table.view.getUint16(table.vtable + entry, true);
  return offset === 0 ? undefined : table.at + offset;
}

/** Follows a field that refers to a table. */
export function childTable(table: Table, id: number): Table | undefined {
  const at = fieldAt(table, id);
  return at === undefined ? undefined : tableAt(table.view, at);
}

/** Follows a field that refers to a vector; gives its first element's place and its length. */
export function vectorAt(table: Table, id: number): { readonly at: number; readonly length: number } | undefined {
  const field = fieldAt(table, id);
  if (field === undefined) return undefined;
  const start = field + table.view.getUint32(field, true);
  return { at: start + 4, length: table.view.getUint32(start, true) };
}

/** Follows the reference at a place to a table. */
export function tableAt(view: DataView, at: number): Table {
  const start = at + view.getUint32(at, true);
  return { view, at: start, vtable: start - view.getInt32(start, true) };
}

/** Reads a signed 64-bit integer; NaN beyond ±2^53. */
export function readLong(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true));
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/**
 * Appends a table that has room for fields of the given sizes in bytes; 0 leaves a field out.
 *
 * @returns Where the table starts, and the place of each field, to be filled in.
 */
export function addTable(
  out: ByteWriter,
  sizes: readonly number[],
): { readonly at: number; readonly fields: readonly number[] } {
  const offsets: number[] = [];
  let end = 4;
  for (const size of sizes) {
    const alignment = Math.min(size, 8) || 1;
    end = Math.ceil(end / alignment) * alignment;
    offsets.push(size === 0 ? 0 : end);
    end += size;
  }
  const vtableLength = 4 + 2 * sizes.length;
  padTo(out, 8, -vtableLength);
  const vtable = out.length;
  const at = vtable + vtableLength;
  addZeros(out, vtableLength + end);
  out.view.setUint16(vtable, vtableLength, true);
  out.view.setUint16(vtable + 2, end, true);
  for (const [id, offset] of offsets.entries()) out.view.setUint16(vtable + 4 + 2 * id, offset, true);
  out.view.setInt32(at, vtableLength, true);
  return { at, fields: offsets.map((offset) => at + offset) };
}

/** Appends a vector of `length` zeroed elements of `size` bytes each. */
export function addVector(
  out: ByteWriter,
  length: number,
  size: number,
): { readonly at: number; readonly first: number } {
  padTo(out, Math.max(4, size), -4);
  const at = out.length;
  addZeros(out, 4 + length * size);
  out.view.setUint32(at, length, true);
  return { at, first: at + 4 };
}

/** Appends text; gives where it starts. */
export function addText(out: ByteWriter, text: string): number {
  const bytes = new TextEncoder().encode(text);
  const { at, first } = addVector(out, bytes.length + 1, 1);
  out.bytes.set(bytes, first);
  out.view.setUint32(at, bytes.length, true);
  return at;
}

/** Makes the reference at a place point to something appended behind it. */
export function pointTo(out: ByteWriter, from: number, to: number): void {
  out.view.setUint32(from, to - from, true);
}

/** Appends zeros until the length plus `-shift` is a multiple of `alignment`. */
export function padTo(out: ByteWriter, alignment: number, shift = 0): void {
  const over = (out.length - shift) % alignment;
  if (over !== 0) addZeros(out, alignment - over);
}

/** Appends zeros. */
export function addZeros(out: ByteWriter, count: number): void {
  out.append(new Uint8Array(count));
}

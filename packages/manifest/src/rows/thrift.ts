/** A field's value in Thrift's compact protocol, as far as Parquet footers go: read and written back unchanged. */
export type ThriftValue = bigint | boolean | Uint8Array | ThriftList | ThriftStruct;
/** A list. */
export interface ThriftList {
  /** Wire type of the items. */
  readonly type: number;
  /** The items. */
  items: ThriftValue[];
}
/** The fields of a struct by id, in order. */
export type ThriftStruct = Map<number, { readonly type: number; value: ThriftValue }>;

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
/** Wire type of bytes and text. */
export const BINARY: number = 8;
/** Wire type of lists. */
export const LIST: number = 9;
/** Wire type of structs. */
export const STRUCT: number = 12;

/** Reads one struct. Copies: no. Throws `RangeError` where the bytes end before it does. */
export function readStruct(bytes: Uint8Array): ThriftStruct {
  return readStructAt(bytes, 0).struct;
}

/** Reads one struct that starts at `start`, and tells where it ends. Throws `RangeError` where the bytes end before. */
export function readStructAt(
  bytes: Uint8Array,
  start: number,
): { readonly struct: ThriftStruct; readonly end: number } {
  let at = start;
  const byte = (): number => {
    const next = bytes[at++];
    if (next === undefined) throw new RangeError("thrift struct is cut off");
    return next;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw new RangeError("thrift integer is too long");
      const next = byte();
      value |= BigInt(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
  };
  const zigzag = (): bigint => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError("thrift struct is cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const list = (): ThriftList => {
    const head = byte();
    const count = head >> 4 === 15 ? Number(varint()) : head >> 4;
    const type = head & 15;
    // Each item takes a byte at least.
    if (count > bytes.length - at) throw new RangeError("thrift list is cut off");
    return { type, items: Array.from({ length: count }, () => (type <= FALSE ? byte() === TRUE : value(type))) };
  };
  const struct = (): ThriftStruct => {
    const fields: ThriftStruct = new Map();
    let id = 0;
    for (let head = byte(); head !== 0; head = byte()) {
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4);
      fields.set(id, { type: head & 15, value: value(head & 15) });
    }
    return fields;
  };
  const value = (type: number): ThriftValue => {
    if (type === STRUCT) return struct();
    if (type === LIST) return list();
    if (type === BINARY) return take(Number(varint()));
    if (type === DOUBLE) return take(8);
    if (type === BYTE) return take(1);
    if (type <= FALSE) return type === TRUE;
    if (type <= I64) return zigzag();
    throw new RangeError(`thrift type ${type} is not in Parquet footers`);
  };
  const read = struct();
  return { struct: read, end: at };
}

/** Writes a struct as `readStruct` reads it. */
export function writeStruct(fields: ThriftStruct): Uint8Array {
  const out: number[] = [];
  const varint = (number: bigint): void => {
    let rest = number;
    for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
    out.push(Number(rest));
  };
  const zigzag = (number: bigint): void => varint(number < 0n ? -2n * number - 1n : 2n * number);
  const append = (bytes: Uint8Array): void => {
    for (const byte of bytes) out.push(byte);
  };
  const list = ({ type, items }: ThriftList): void => {
    out.push((Math.min(items.length, 15) << 4) | type);
    if (items.length >= 15) varint(BigInt(items.length));
    for (const item of items) {
      if (type <= FALSE) out.push(item === true ? TRUE : FALSE);
      else value(type, item);
    }
  };
  const struct = (given: ThriftStruct): void => {
    let last = 0;
    for (const [id, field] of given) {
      const step = id - last;
      const short = step > 0 && step < 16;
      out.push((short ? step << 4 : 0) | field.type);
      if (!short) zigzag(BigInt(id));
      value(field.type, field.value);
      last = id;
    }
    out.push(0);
  };
  const value = (type: number, given: ThriftValue): void => {
    if (type === STRUCT) struct(given as ThriftStruct);
    else if (type === LIST) list(given as ThriftList);
    else if (type === DOUBLE || type === BYTE) append(given as Uint8Array);
    else if (type === BINARY) {
      varint(BigInt((given as Uint8Array).length));
      append(given as Uint8Array);
    } else if (type > FALSE) zigzag(given as bigint);
  };
  struct(fields);
  return Uint8Array.from(out);
}

import type { ByteWriter } from "./byte-writer.ts";

const encoder = new TextEncoder();
const SHORT_TEXT = 48;

/** Matches text that UTF-8 cannot hold. */
export const loneSurrogate: RegExp = /\p{Surrogate}/u;

/** Appends nil. */
export function writeNil(out: ByteWriter): void {
  out.reserve(1);
  out.bytes[out.length++] = 0xc0;
}

/** Appends a boolean. */
export function writeBool(out: ByteWriter, value: boolean): void {
  out.reserve(1);
  out.bytes[out.length++] = value ? 0xc3 : 0xc2;
}

/** Appends a float of 64 bits, whole numbers included. */
export function writeFloat(out: ByteWriter, value: number): void {
  out.reserve(9);
  out.bytes[out.length] = 0xcb;
  out.view.setFloat64(out.length + 1, value);
  out.length += 9;
}

/** Appends a safe integer in its shortest form. */
export function writeInt(out: ByteWriter, value: number): void {
  out.reserve(9);
  const at = out.length;
  const { bytes, view } = out;
  if (value >= 0) {
    if (value < 0x80) {
      bytes[at] = value;
      out.length = at + 1;
    } else if (value < 0x100) {
      bytes[at] = 0xcc;
      bytes[at + 1] = value;
      out.length = at + 2;
    } else if (value < 0x1_0000) {
      bytes[at] = 0xcd;
      view.setUint16(at + 1, value);
      out.length = at + 3;
    } else if (value < 0x1_0000_0000) {
      bytes[at] = 0xce;
      view.setUint32(at + 1, value);
      out.length = at + 5;
    } else writeWide(out, 0xcf, value);
  } else if (value >= -0x20) {
    bytes[at] = value + 0x100;
    out.length = at + 1;
  } else if (value >= -0x80) {
    bytes[at] = 0xd0;
    view.setInt8(at + 1, value);
    out.length = at + 2;
  } else if (value >= -0x8000) {
    bytes[at] = 0xd1;
    view.setInt16(at + 1, value);
    out.length = at + 3;
  } else if (value >= -0x8000_0000) {
    bytes[at] = 0xd2;
    view.setInt32(at + 1, value);
    out.length = at + 5;
  } else writeWide(out, 0xd3, value);
}

function writeWide(out: ByteWriter, tag: number, value: number): void {
  const at = out.length;
  const high = Math.floor(value / 0x1_0000_0000);
  out.bytes[at] = tag;
  out.view.setInt32(at + 1, high);
  out.view.setUint32(at + 5, value - high * 0x1_0000_0000);
  out.length = at + 9;
}

/** Appends an integer of −2^63 … 2^64−1 in its shortest form. */
export function writeBigInt(out: ByteWriter, value: bigint): void {
  const narrow = Number(value);
  if (Number.isSafeInteger(narrow)) {
    writeInt(out, narrow);
    return;
  }
  out.reserve(9);
  out.bytes[out.length] = value < 0n ? 0xd3 : 0xcf;
  out.view.setBigUint64(out.length + 1, BigInt.asUintN(64, value));
  out.length += 9;
}

/** Appends the head of an array of `length` values. */
export function writeArrayHead(out: ByteWriter, length: number): void {
  writeHead(out, length, 0x90, 15, 0xdc);
}

/** Appends the head of a map of `length` entries. */
export function writeMapHead(out: ByteWriter, length: number): void {
  writeHead(out, length, 0x80, 15, 0xde);
}

function writeHead(out: ByteWriter, length: number, fix: number, fixMax: number, wide: number): void {
  out.reserve(5);
  const at = out.length;
  if (length <= fixMax) {
    out.bytes[at] = fix | length;
    out.length = at + 1;
  } else if (length < 0x1_0000) {
    out.bytes[at] = wide;
    out.view.setUint16(at + 1, length);
    out.length = at + 3;
  } else {
    out.bytes[at] = wide + 1;
    out.view.setUint32(at + 1, length);
    out.length = at + 5;
  }
}

/** Appends the head of a bin of `length` bytes and makes room for the bytes. */
export function writeBinHead(out: ByteWriter, length: number): void {
  out.reserve(5 + length);
  const at = out.length;
  if (length < 0x100) {
    out.bytes[at] = 0xc4;
    out.bytes[at + 1] = length;
    out.length = at + 2;
  } else if (length < 0x1_0000) {
    out.bytes[at] = 0xc5;
    out.view.setUint16(at + 1, length);
    out.length = at + 3;
  } else {
    out.bytes[at] = 0xc6;
    out.view.setUint32(at + 1, length);
    out.length = at + 5;
  }
}

/** Appends a string, which must not hold a lone surrogate. */
export function writeString(out: ByteWriter, text: string): void {
  if (text.length <= SHORT_TEXT && writeShortAscii(out, text)) return;
  const utf8 = encoder.encode(text);
  const length = utf8.length;
  if (length < 32) {
    out.reserve(1 + length);
    out.bytes[out.length++] = 0xa0 | length;
  } else if (length < 0x100) {
    out.reserve(2 + length);
    out.bytes[out.length++] = 0xd9;
    out.bytes[out.length++] = length;
  } else {
    const wide = length >= 0x1_0000;
    out.reserve(5 + length);
    out.bytes[out.length++] = wide ? 0xdb : 0xda;
    if (wide) out.view.setUint32(out.length, length);
    else out.view.setUint16(out.length, length);
    out.length += wide ? 4 : 2;
  }
  out.bytes.set(utf8, out.length);
  out.length += length;
}

/** Appends plain ASCII of at most 48 characters; leaves nothing behind and says no when it is not. */
function writeShortAscii(out: ByteWriter, text: string): boolean {
  const length = text.length;
  out.reserve(2 + length);
  const bytes = out.bytes;
  let at = out.length;
  if (length < 32) bytes[at++] = 0xa0 | length;
  else {
    bytes[at++] = 0xd9;
    bytes[at++] = length;
  }
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return false;
    bytes[at++] = code;
  }
  out.length = at;
  return true;
}

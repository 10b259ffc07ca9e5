import { type Cursor, miss } from "./cursor.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the head of a map and gives its number of entries. */
export function readMapHead(c: Cursor): number {
  const tag = c.bytes[c.pos] as number;
  if ((tag & 0xf0) === 0x80) {
    c.pos += 1;
    return tag & 0x0f;
  }
  if (tag === 0xde) {
    c.pos += 3;
    return c.view.getUint16(c.pos - 2);
  }
  if (tag !== 0xdf) miss();
  c.pos += 5;
  return c.view.getUint32(c.pos - 4);
}

/** Reads the head of an array and gives its length, which is never more than the bytes that are left. */
export function readArrayHead(c: Cursor): number {
  const tag = c.bytes[c.pos] as number;
  let length: number;
  if ((tag & 0xf0) === 0x90) {
    c.pos += 1;
    length = tag & 0x0f;
  } else if (tag === 0xdc) {
    length = c.view.getUint16(c.pos + 1);
    c.pos += 3;
  } else if (tag === 0xdd) {
    length = c.view.getUint32(c.pos + 1);
    c.pos += 5;
  } else miss();
  if (length > c.end - c.pos) miss();
  return length;
}

/** Reads the head of a bin and gives its length in bytes. */
export function readBinHead(c: Cursor): number {
  const tag = c.bytes[c.pos] as number;
  if (tag === 0xc4) {
    c.pos += 2;
    return c.bytes[c.pos - 1] as number;
  }
  if (tag === 0xc5) {
    c.pos += 3;
    return c.view.getUint16(c.pos - 2);
  }
  if (tag !== 0xc6) miss();
  c.pos += 5;
  return c.view.getUint32(c.pos - 4);
}

/** Reads a string; bytes that are not UTF-8 are a miss. */
export function readString(c: Cursor): string {
  const tag = c.bytes[c.pos] as number;
  let at = c.pos + 1;
  let length: number;
  if ((tag & 0xe0) === 0xa0) length = tag & 0x1f;
  else if (tag === 0xd9) {
    length = c.bytes[at] as number;
    at += 1;
  } else if (tag === 0xda) {
    length = c.view.getUint16(at);
    at += 2;
  } else if (tag === 0xdb) {
    length = c.view.getUint32(at);
    at += 4;
  } else miss();
  const end = at + length;
  if (end > c.end) miss();
  c.pos = end;
  return readText(c.bytes, at, length);
}

/**
 * Decodes UTF-8. Short plain ASCII goes through `fromCharCode`, eight at a time, which is two to four times
 * faster than a `TextDecoder` call up to about 24 bytes.
 */
function readText(b: Uint8Array, at: number, length: number): string {
  if (length <= 24) {
    let text = "";
    let i = at;
    const end = at + length;
    let high = 0;
    for (; i + 8 <= end; i += 8) {
      const p = b[i] as number;
      const q = b[i + 1] as number;
      const r = b[i + 2] as number;
      const s = b[i + 3] as number;
      const t = b[i + 4] as number;
      const u = b[i + 5] as number;
      const v = b[i + 6] as number;
      const w = b[i + 7] as number;
      high |= p | q | r | s | t | u | v | w;
      text += String.fromCharCode(p, q, r, s, t, u, v, w);
    }
    if (i + 4 <= end) {
      const p = b[i] as number;
      const q = b[i + 1] as number;
      const r = b[i + 2] as number;
      const s = b[i + 3] as number;
      high |= p | q | r | s;
      text += String.fromCharCode(p, q, r, s);
      i += 4;
    }
    if (i + 2 <= end) {
      const p = b[i] as number;
      const q = b[i + 1] as number;
      high |= p | q;
      text += String.fromCharCode(p, q);
      i += 2;
    }
    if (i < end) {
      const p = b[i] as number;
      high |= p;
      text += String.fromCharCode(p);
    }
    if (high < 0x80) return text;
  }
  try {
    return decoder.decode(b.subarray(at, at + length));
  } catch {
    return miss();
  }
}

/** Reads an integer of at most ±2^53; a larger one is a miss, and so is a float. */
export function readInt(c: Cursor): number {
  const tag = c.bytes[c.pos] as number;
  if (tag < 0x80) {
    c.pos += 1;
    return tag;
  }
  if (tag >= 0xe0) {
    c.pos += 1;
    return tag - 0x100;
  }
  const at = c.pos + 1;
  switch (tag) {
    case 0xcc:
      c.pos = at + 1;
      return c.view.getUint8(at);
    case 0xcd:
      c.pos = at + 2;
      return c.view.getUint16(at);
    case 0xce:
      c.pos = at + 4;
      return c.view.getUint32(at);
    case 0xd0:
      c.pos = at + 1;
      return c.view.getInt8(at);
    case 0xd1:
      c.pos = at + 2;
      return c.view.getInt16(at);
    case 0xd2:
      c.pos = at + 4;
      return c.view.getInt32(at);
    case 0xcf:
    case 0xd3: {
      c.pos = at + 8;
      const high = tag === 0xcf ? c.view.getUint32(at) : c.view.getInt32(at);
      const value = high * 0x1_0000_0000 + c.view.getUint32(at + 4);
      if (!Number.isSafeInteger(value)) miss();
      return value;
    }
    default:
      return miss();
  }
}

/** Reads an integer of 64 bits, signed or unsigned. */
export function readBigInt(c: Cursor): bigint {
  const tag = c.bytes[c.pos] as number;
  if (tag === 0xcf || tag === 0xd3) {
    c.pos += 9;
    return tag === 0xcf ? c.view.getBigUint64(c.pos - 8) : c.view.getBigInt64(c.pos - 8);
  }
  return BigInt(readInt(c));
}

/** Reads a number: a float of either width, or an integer, as JS writers write whole numbers. */
export function readFloat(c: Cursor): number {
  const tag = c.bytes[c.pos] as number;
  if (tag === 0xcb) {
    c.pos += 9;
    return c.view.getFloat64(c.pos - 8);
  }
  if (tag === 0xca) {
    c.pos += 5;
    return c.view.getFloat32(c.pos - 4);
  }
  if (tag === 0xcf || tag === 0xd3) return Number(readBigInt(c));
  return readInt(c);
}

/** Reads a boolean. */
export function readBool(c: Cursor): boolean {
  const tag = c.bytes[c.pos] as number;
  if (tag !== 0xc2 && tag !== 0xc3) miss();
  c.pos += 1;
  return tag === 0xc3;
}

import { AtdataError } from "../errors.ts";
import type { Cursor } from "./cursor.ts";

/** How deep values may nest; Python's reader has the same limit. */
export const MAX_DEPTH = 1024;

/**
 * Moves the cursor behind one value of any kind, checking that it is well formed and lies before `end`.
 *
 * What has passed here is safe to hand to a decoder that allocates by declared lengths: every count was met by bytes.
 *
 * @throws AtdataError `MSGPACK_INVALID`.
 */
export function skipValue(c: Cursor): void {
  const pending: number[] = [];
  let left = 1;
  for (;;) {
    while (left === 0) {
      const outer = pending.pop();
      if (outer === undefined) return;
      left = outer;
    }
    left -= 1;
    const inner = skipHead(c);
    if (inner === 0) continue;
    if (inner > c.end - c.pos) invalid(c, "a container is longer than the payload");
    if (pending.length >= MAX_DEPTH) invalid(c, `values nest deeper than ${MAX_DEPTH}`);
    pending.push(left);
    left = inner;
  }
}

/** Moves behind a scalar, or behind the head of a container; gives the number of values inside. */
function skipHead(c: Cursor): number {
  const at = c.pos;
  if (at >= c.end) invalid(c, "payload ends in the middle of a value");
  const tag = c.bytes[at] as number;
  if (tag < 0x80 || tag >= 0xe0) return scalar(c, 1);
  if (tag < 0x90) return container(c, 1, (tag & 15) * 2);
  if (tag < 0xa0) return container(c, 1, tag & 15);
  if (tag < 0xc0) return scalar(c, 1 + (tag & 31));
  if (tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return scalar(c, 1);
  switch (tag) {
    case 0xcc:
    case 0xd0:
      return scalar(c, 2);
    case 0xcd:
    case 0xd1:
      return scalar(c, 3);
    case 0xca:
    case 0xce:
    case 0xd2:
      return scalar(c, 5);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return scalar(c, 9);
    case 0xc4:
    case 0xd9:
      return scalar(c, 2 + lengthAt(c, 1));
    case 0xc5:
    case 0xda:
      return scalar(c, 3 + lengthAt(c, 2));
    case 0xc6:
    case 0xdb:
      return scalar(c, 5 + lengthAt(c, 4));
    case 0xdc:
      return container(c, 3, lengthAt(c, 2));
    case 0xdd:
      return container(c, 5, lengthAt(c, 4));
    case 0xde:
      return container(c, 3, lengthAt(c, 2) * 2);
    case 0xdf:
      return container(c, 5, lengthAt(c, 4) * 2);
    default:
      return invalid(c, tag === 0xc1 ? "byte c1 is never used" : "extension types are not allowed");
  }
}

function lengthAt(c: Cursor, width: 1 | 2 | 4): number {
  const at = c.pos + 1;
  if (at + width > c.end) invalid(c, "payload ends in the middle of a length");
  return width === 1 ? c.view.getUint8(at) : width === 2 ? c.view.getUint16(at) : c.view.getUint32(at);
}

function scalar(c: Cursor, bytes: number): 0 {
  if (c.pos + bytes > c.end) invalid(c, "payload ends in the middle of a value");
  c.pos += bytes;
  return 0;
}

function container(c: Cursor, head: number, values: number): number {
  scalar(c, head);
  return values;
}

function invalid(c: Cursor, clause: string): never {
  throw new AtdataError("MSGPACK_INVALID", clause, { offset: c.pos });
}

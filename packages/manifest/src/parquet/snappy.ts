/**
 * Expands a block of Snappy, four bytes at a time where they do not overlap.
 *
 * @param length - Of the result, as its page says; at most what the block could tell.
 * @throws RangeError on damage.
 */
export function expandSnappy(input: Uint8Array, length: number): Uint8Array {
  // The longest copy makes 64 bytes of 3.
  if (length > input.length * 24) throw damaged();
  // Words that start within the result may end behind it.
  const room = new Uint8Array(length + 4);
  const from = new DataView(input.buffer, input.byteOffset, input.length);
  const to = new DataView(room.buffer);
  const end = input.length;
  let at = 0;
  let told = 0;
  for (let factor = 1; ; factor *= 128) {
    if (at >= end || factor > 2 ** 28) throw damaged();
    const byte = input[at++] as number;
    told += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  if (told !== length) throw damaged();
  let out = 0;
  while (at < end) {
    const tag = input[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      let count = tag >>> 2;
      if (count >= 60) {
        const bytes = count - 59;
        if (at + bytes > end) throw damaged();
        count = 0;
        for (let i = bytes - 1; i >= 0; i--) count = count * 256 + (input[at + i] as number);
        at += bytes;
      }
      count += 1;
      if (at + count > end || out + count > length) throw damaged();
      if (count > 32 || at + count + 3 > end) room.set(input.subarray(at, at + count), out);
      else for (let i = 0; i < count; i += 4) to.setUint32(out + i, from.getUint32(at + i, true), true);
      at += count;
      out += count;
      continue;
    }
    if (at + (kind === 3 ? 4 : kind) > end) throw damaged();
    let count = (tag >>> 2) + 1;
    let distance: number;
    if (kind === 1) {
      count = ((tag >>> 2) & 7) + 4;
      distance = ((tag >>> 5) << 8) | (input[at++] as number);
    } else if (kind === 2) {
      distance = from.getUint16(at, true);
      at += 2;
    } else {
      distance = from.getUint32(at, true);
      at += 4;
    }
    if (distance === 0 || distance > out || out + count > length) throw damaged();
    const source = out - distance;
    // Nearer ones repeat what they have just written.
    if (distance < 4) for (let i = 0; i < count; i++) room[out + i] = room[source + i] as number;
    else for (let i = 0; i < count; i += 4) to.setUint32(out + i, to.getUint32(source + i, true), true);
    out += count;
  }
  if (out !== length) throw damaged();
  return room.subarray(0, length);
}

function damaged(): RangeError {
  return new RangeError("page is no block of Snappy");
}

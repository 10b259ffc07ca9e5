/**
 * Reads levels in Parquet's hybrid of runs and packed bits.
 *
 * @param width - Bits of a level, at most 8.
 * @returns The level that all have, or else one a value.
 * @throws RangeError when the bytes end before `count` levels.
 */
export function readLevels(bytes: Uint8Array, width: number, count: number): number | Uint8Array {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 28) throw new RangeError("levels are cut off");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  let levels: Uint8Array | undefined;
  for (let filled = 0; filled < count; ) {
    const head = varint();
    const isRun = head % 2 === 0;
    const length = isRun ? head / 2 : ((head - 1) / 2) * 8;
    if (length === 0 || at >= bytes.length) throw new RangeError("levels are cut off");
    if (isRun) {
      const level = bytes[at++] as number;
      if (filled === 0 && length >= count) return level;
      levels ??= new Uint8Array(count);
      levels.fill(level, filled, filled + length);
    } else {
      levels ??= new Uint8Array(count);
      const some = Math.min(length, count - filled);
      if (at + Math.ceil((some * width) / 8) > bytes.length) throw new RangeError("levels are cut off");
      for (let i = 0, bit = at * 8; i < some; i++, bit += width) {
        const two = (bytes[bit >> 3] as number) | ((bytes[(bit >> 3) + 1] ?? 0) << 8);
        levels[filled + i] = (two >> (bit & 7)) & ((1 << width) - 1);
      }
      at += (length * width) / 8;
    }
    filled += length;
  }
  return levels ?? 0;
}

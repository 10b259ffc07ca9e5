import type { ParsedDType } from "./dtype.ts";
import type { DTypeData } from "./ndarray.ts";

/** Whether this machine's typed arrays are little-endian, as nearly all are. */
const littleEndianMachine: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Copies `count` elements out of bytes into a typed array of their own, in this machine's byte order. */
export function copyElements(bytes: Uint8Array, start: number, count: number, type: ParsedDType): DTypeData {
  const length = count * type.itemBytes;
  const buffer = new ArrayBuffer(length);
  const copy = new Uint8Array(buffer);
  copy.set(bytes.subarray(start, start + length));
  if (isSwapped(type)) swapUnits(copy, type.info.unitBytes);
  return new type.info.Data(buffer, 0, length / type.info.unitBytes);
}

/** Like {@link copyElements}, but gives a view of the bytes when alignment and byte order allow. */
export function viewElements(bytes: Uint8Array, start: number, count: number, type: ParsedDType): DTypeData {
  const offset = bytes.byteOffset + start;
  const { Data, unitBytes } = type.info;
  if (offset % unitBytes !== 0 || isSwapped(type)) return copyElements(bytes, start, count, type);
  return new Data(bytes.buffer, offset, (count * type.itemBytes) / unitBytes);
}

/** Gives the little-endian bytes of a typed array: a view of it where the machine is little-endian. */
export function littleEndianBytes(data: DTypeData): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (littleEndianMachine || data.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  swapUnits(copy, data.BYTES_PER_ELEMENT);
  return copy;
}

function isSwapped(type: ParsedDType): boolean {
  return type.info.unitBytes > 1 && type.littleEndian !== littleEndianMachine;
}

function swapUnits(bytes: Uint8Array, unit: number): void {
  for (let start = 0; start < bytes.length; start += unit) {
    for (let low = start, high = start + unit - 1; low < high; low++, high--) {
      const kept = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = kept;
    }
  }
}

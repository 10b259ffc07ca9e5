/** An IDX file: unsigned bytes in an array of any rank, as LeCun's MNIST files have them. */
export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file: two zero bytes, the element type, the rank, one big-endian 32-bit length an axis, then the elements.
 *
 * @throws Error when the header or the length of the file says otherwise.
 */
export function parseIdx(bytes: Uint8Array, rank: number): Idx {
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw new Error(`an IDX header of rank ${rank} has ${start} bytes, got ${bytes.length}`);
  const [zero, otherZero, type, ownRank] = bytes;
  if (zero !== 0 || otherZero !== 0) throw new Error("an IDX file starts with two zero bytes");
  if (type !== UNSIGNED_BYTE)
    throw new Error(`want elements of type 0x08 (unsigned byte), got 0x${type?.toString(16)}`);
  if (ownRank !== rank) throw new Error(`want an array of rank ${rank}, got ${ownRank}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== start + size) {
    throw new Error(`a shape of ${shape.join("×")} needs ${start + size} bytes, the file has ${bytes.length}`);
  }
  return { shape, data: bytes.subarray(start) };
}

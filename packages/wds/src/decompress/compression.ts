/** The compressions of shards that are recognised. */
export type Compression = "gzip" | "zstd" | "bzip2" | "xz";

/** Number of bytes that {@link recognise} wants to see. */
export const HEAD_BYTES: number = 10;

const zstdFrame = 0xfd2fb528;
const zstdSkippable = 0x184d2a50;
const bzip2Block = "314159265359";
const bzip2End = "177245385090";

/**
 * Tells the compression of a file by its first bytes, `undefined` when there is none.
 *
 * Names of files say nothing: Python's reader does not look at them either. A tar archive starts with a name, so that only what no
 * name starts with counts; for bzip2, whose mark is text, that is the mark of a block behind it.
 */
export function recognise(head: Uint8Array): Compression | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  const hex = [...head].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex.startsWith("1f8b08")) return "gzip";
  if (hex.startsWith("fd377a585a00")) return "xz";
  if (/^425a683[1-9]/.test(hex) && (hex.startsWith(bzip2Block, 8) || hex.startsWith(bzip2End, 8))) return "bzip2";
  const mark = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  return mark === zstdFrame || (mark & 0xfffffff0) === zstdSkippable ? "zstd" : undefined;
}

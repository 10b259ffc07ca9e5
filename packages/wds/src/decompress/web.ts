import { type Decompressor, UnexpectedEnd } from "./decompressed-reader.ts";

// A slice may grow a thousandfold in gzip, and thirty-thousandfold in zstd, before anyone can say stop.
const GZIP_SLICE = 32 * 1024;
const ZSTD_SLICE = 1024;
/** The window that the `zstd` command allows without being asked. */
const MAX_WINDOW = 128 * 1024 * 1024;
/** fzstd's code for bytes that end too early. */
const UNEXPECTED_EOF = 5;

/** Decompresses gzip with what the platform has. Some platforms take a second member in one file for an error. */
export const gunzip: Decompressor = async function* (bytes) {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let ended = false;
  const feed = async () => {
    for await (const chunk of bytes) {
      for (const slice of slices(chunk, GZIP_SLICE)) await writer.write(slice as Uint8Array<ArrayBuffer>);
    }
    ended = true;
    await writer.close();
  };
  feed().catch((error: unknown) => writer.abort(error).catch(() => undefined));
  try {
    for (;;) {
      const step = await reader.read();
      if (step.done) return;
      yield step.value;
    }
  } catch (cause) {
    // Node answers a write before it has looked at the bytes, and then tells the two apart by a code.
    const { code = "Z_BUF_ERROR" } = cause as { code?: unknown };
    throw ended && code === "Z_BUF_ERROR" ? new UnexpectedEnd("gzip data ends too early", { cause }) : cause;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
};

/** Decompresses zstd, in frames of any number; the library is loaded when it is needed. */
export const unzstd: Decompressor = async function* (bytes) {
  const { Decompress } = await import("fzstd");
  let out: Uint8Array[] = [];
  const stream = new Decompress((chunk) => out.push(chunk));
  let isFirst = true;
  for await (const chunk of bytes) {
    if (isFirst) checkWindow(chunk);
    isFirst = false;
    for (const slice of slices(chunk, ZSTD_SLICE)) {
      stream.push(slice);
      if (out.length === 0) continue;
      yield* out;
      out = [];
    }
  }
  try {
    stream.push(new Uint8Array(0), true);
  } catch (cause) {
    throw (cause as { code?: unknown }).code === UNEXPECTED_EOF ? new UnexpectedEnd("", { cause }) : cause;
  }
  yield* out;
};

/** Refuses a frame whose header asks for much memory, which would be taken before a byte is decompressed. */
function checkWindow(chunk: Uint8Array): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  if (chunk.length < 18 || chunk[3] !== 0xfd) return;
  const flags = view.getUint8(4);
  const isSingle = (flags & 0x20) !== 0;
  const exponent = view.getUint8(5);
  const base = 2 ** (10 + (exponent >> 3));
  const window = isSingle ? contentSize(view, flags) : base + (base / 8) * (exponent & 7);
  if (window > MAX_WINDOW) throw new RangeError(`it needs a window of ${window} bytes, more than ${MAX_WINDOW}`);
}

function contentSize(view: DataView, flags: number): number {
  const at = 5 + ([0, 1, 2, 4][flags & 3] as number);
  if (flags < 0x40) return view.getUint8(at);
  if (flags < 0x80) return view.getUint16(at, true) + 256;
  return flags < 0xc0 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

function* slices(chunk: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += length) yield chunk.subarray(at, at + length);
}

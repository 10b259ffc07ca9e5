import { type Decompressor, UnexpectedEnd } from "./decompressed-reader.ts";

/** A slice may grow a thousandfold before anyone can say stop. */
const SLICE = 32 * 1024;

/** Decompresses gzip with what the platform has. Some platforms take a second member in one file for an error. */
export const gunzip: Decompressor = async function* (bytes) {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let ended = false;
  const feed = async () => {
    for await (const chunk of bytes) {
      for (const slice of slices(chunk)) await writer.write(slice as Uint8Array<ArrayBuffer>);
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

function* slices(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += SLICE) yield chunk.subarray(at, at + SLICE);
}

import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AtdataError, type DataSource, redactUrl, sourceFor } from "@atdata/core";

/** A line that is longer is not looked at. */
const MAX_LINE = 256 * 1024 * 1024;

/** Reads the bytes of a file or url, or of stdin for `-`; unpacks what is called `.gz`. */
export async function* byteChunks(
  ref: string,
  sources: readonly DataSource[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (ref === "-") {
    for await (const chunk of process.stdin.iterator({ destroyOnReturn: true })) {
      signal.throwIfAborted();
      yield chunk as Uint8Array;
    }
    return;
  }
  const plain = sourceChunks(ref, sources, signal);
  if (!/\.gz($|[?#])/i.test(ref)) {
    yield* plain;
    return;
  }
  let failure: { readonly error: unknown } | undefined;
  const input = Readable.from(plain).on("error", (error) => {
    failure = { error };
    unpacked.destroy();
  });
  const unpacked = input.pipe(createGunzip());
  try {
    for await (const chunk of unpacked) yield chunk as Uint8Array;
    if (failure !== undefined) throw failure.error;
  } catch (cause) {
    if (failure !== undefined) throw failure.error;
    throw new AtdataError("INPUT_INVALID", "the file cannot be unpacked as gzip", { file: redactUrl(ref) }, { cause });
  } finally {
    input.destroy();
  }
}

async function* sourceChunks(
  ref: string,
  sources: readonly DataSource[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = await sourceFor(sources, ref).open(ref, { signal });
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) yield chunk;
  } finally {
    await reader.close();
  }
}

/**
 * Decodes UTF-8, without a byte order mark.
 *
 * @throws AtdataError `INPUT_INVALID` – it is not UTF-8.
 */
export async function* textChunks(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new AtdataError("INPUT_INVALID", "the text is not UTF-8", { file }, { cause });
    }
  };
  for await (const chunk of bytes) yield decode(chunk);
  yield decode();
}

/** Gives the lines of a text, without what ends them. */
export async function* textLines(file: string, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    if (rest.length > MAX_LINE) throw new AtdataError("INPUT_INVALID", "a line is too long", { file });
  }
  if (rest !== "") yield rest;
}

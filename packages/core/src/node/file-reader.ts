import { close, constants, fstat, open, read, type Stats } from "node:fs";
import { promisify } from "node:util";
import { abortable } from "../abortable.ts";
import { AtdataError } from "../errors.ts";
import type { ByteReader, CallOptions } from "../protocols/data-source.ts";
import { fileError } from "./file-errors.ts";

const CHUNK_BYTES = 1 << 20;
const MAX_CHUNK_BYTES = 2 << 20;
/** One chunk is with the consumer while this many are being read. */
const READS_IN_FLIGHT = 2;
const POOLED_BUFFERS = 3;

const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const closeFd = promisify(close);
const statFd = promisify(fstat);
const openFd = promisify(open);

/** Opens a regular file for reading and tells its state; the caller closes `fd`. */
export async function openFile(path: string): Promise<{ fd: number; stats: Stats }> {
  let fd: number;
  try {
    // Non-blocking, so that opening a pipe nobody writes to does not hang; without effect on regular files.
    fd = await openFd(path, OPEN_FLAGS);
  } catch (error) {
    throw fileError(error, path, "read the file");
  }
  try {
    const stats = await statFd(fd);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? "a directory" : "not a regular file";
      throw new AtdataError("IO_ERROR", `cannot read shards from what is ${what}`, { url: path });
    }
    return { fd, stats };
  } catch (error) {
    await closeFd(fd).catch(() => {});
    throw fileError(error, path, "read the file");
  }
}

/** Reads until `length` bytes or the end of the file are reached; tells how many came. */
export function readFully(fd: number, memory: Uint8Array, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let done = 0;
    const step = (): void => {
      read(fd, memory, done, length - done, position + done, (error, count) => {
        if (error !== null) reject(error);
        else if (count === 0 || done + count === length) resolve(done + count);
        else {
          done += count;
          step();
        }
      });
    };
    step();
  });
}

interface Pending {
  readonly position: number;
  readonly length: number;
  readonly memory: Uint8Array;
  readonly done: Promise<number>;
}

/**
 * Opens a file for reading from front to back: 1 MiB chunks by position, two reads in flight, released memory reused.
 *
 * @throws AtdataError `NOT_FOUND`, `ACCESS_DENIED`, `IO_ERROR`; from `next` also `SOURCE_CHANGED`.
 */
export async function openFileReader(
  path: string,
  options: (CallOptions & { readonly start?: number | undefined }) | undefined,
): Promise<ByteReader> {
  options?.signal?.throwIfAborted();
  const { fd, stats } = await openFile(path);
  if (options?.signal?.aborted) {
    await closeFd(fd);
    throw options.signal.reason;
  }
  return new FileReader(path, fd, stats, options?.start ?? 0, options?.signal);
}

class FileReader implements ByteReader {
  readonly #path: string;
  readonly #fd: number;
  readonly #stats: Stats;
  readonly #signal: AbortSignal | undefined;
  readonly #pending: Pending[] = [];
  readonly #pool: ArrayBuffer[] = [];
  /** Memory of the chunk that was given last; what was given before can no longer be released. */
  #handed: ArrayBufferLike | undefined;
  #position: number;
  #chunkBytes = CHUNK_BYTES;
  #multiple = 1;
  #closing: Promise<void> | undefined;

  constructor(path: string, fd: number, stats: Stats, start: number, signal: AbortSignal | undefined) {
    this.#path = path;
    this.#fd = fd;
    this.#stats = stats;
    this.#position = start;
    this.#signal = signal;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.#signal?.throwIfAborted();
    if (this.#closing !== undefined) return undefined;
    try {
      this.#fill();
      const pending = this.#pending[0];
      if (pending === undefined) {
        await this.#checkUnchanged();
        return undefined;
      }
      const count = await abortable(pending.done, this.#signal);
      if (this.#closing !== undefined) return undefined;
      this.#pending.shift();
      if (count < pending.length) throw this.#changed();
      this.#handed = pending.memory.buffer;
      return pending.memory;
    } catch (error) {
      throw fileError(error, this.#path, "read the file");
    }
  }

  release(chunk: Uint8Array): void {
    // Only memory that is out with the consumer: a second release must not put it into the pool twice.
    const { buffer } = chunk;
    if (this.#handed !== buffer || !(buffer instanceof ArrayBuffer)) return;
    this.#handed = undefined;
    if (this.#pool.length < POOLED_BUFFERS && buffer.byteLength >= this.#chunkBytes) this.#pool.push(buffer);
  }

  prefer(bytes: number): void {
    if (!Number.isInteger(bytes) || bytes < 1 || bytes > MAX_CHUNK_BYTES) return;
    this.#multiple = bytes;
    this.#chunkBytes = Math.max(1, Math.floor(CHUNK_BYTES / bytes)) * bytes;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // The descriptor's number may be given to another file at once: reads must have ended before it is closed.
    await Promise.allSettled(this.#pending.map((pending) => pending.done));
    await closeFd(this.#fd);
  }

  #fill(): void {
    while (this.#pending.length < READS_IN_FLIGHT && this.#position < this.#stats.size) {
      const position = this.#position;
      // Chunks end where a multiple of the preferred length ends, so that equal records do not span chunks.
      const end = Math.floor((position + this.#chunkBytes) / this.#multiple) * this.#multiple;
      const length = Math.min(Math.max(end - position, 1), this.#stats.size - position);
      const memory = new Uint8Array(this.#memory(length), 0, length);
      const done = readFully(this.#fd, memory, length, position);
      done.catch(() => {});
      this.#pending.push({ position, length, memory, done });
      this.#position = position + length;
    }
  }

  #memory(length: number): ArrayBuffer {
    for (let pooled = this.#pool.pop(); pooled !== undefined; pooled = this.#pool.pop()) {
      if (pooled.byteLength >= length) return pooled;
    }
    // Not zeroed, and not from Node's shared slab: every byte is overwritten before anyone sees it.
    const size = Math.max(length, Math.min(this.#chunkBytes, this.#stats.size));
    const { buffer } = Buffer.allocUnsafeSlow(size);
    if (!(buffer instanceof ArrayBuffer)) throw new TypeError("expected an ArrayBuffer");
    return buffer;
  }

  async #checkUnchanged(): Promise<void> {
    const now = await abortable(statFd(this.#fd), this.#signal);
    if (now.size !== this.#stats.size || now.mtimeMs !== this.#stats.mtimeMs) throw this.#changed();
  }

  #changed(): AtdataError {
    const hint = "read it again when nobody writes to it";
    return new AtdataError("SOURCE_CHANGED", "the file changed while it was read", { url: this.#path }, { hint });
  }
}

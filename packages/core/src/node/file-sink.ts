import { close, open, write } from "node:fs";
import { promisify } from "node:util";
import type { ShardSink, StoredShard } from "../protocols/data-store.ts";
import { writeEnded } from "../stores/store-errors.ts";
import { fileError } from "./file-errors.ts";
import { createNodeHasher } from "./node-hasher.ts";

const openFd = promisify(open);
const closeFd = promisify(close);

/** A sink that can also be dropped. */
export interface FileSink extends ShardSink {
  /** Whether neither `close` nor `discard` was called. */
  readonly open: boolean;
  /** Closes the file after a write that is pending; idempotent. */
  discard(): Promise<void>;
}

/** Creates a file and takes its bytes; the hash is computed while the system writes. `url` is where the file will be. */
export async function openFileSink(path: string, url: string): Promise<FileSink> {
  const fd = await openFd(path, "wx");
  const hasher = createNodeHasher();
  let bytes = 0;
  let pending: Promise<void> = Promise.resolve();
  let closed: Promise<StoredShard> | undefined;
  let released: Promise<void> | undefined;
  const releaseFd = (): Promise<void> => {
    released ??= pending.catch(() => {}).then(() => closeFd(fd));
    return released;
  };
  const finish = async (): Promise<StoredShard> => {
    try {
      await pending;
      await releaseFd();
    } catch (error) {
      throw fileError(error, url, "write the shard");
    } finally {
      await releaseFd().catch(() => {});
    }
    return { url, bytes, sha256: hasher.hex() };
  };
  return {
    get open() {
      return released === undefined && closed === undefined;
    },
    async write(chunk) {
      if (released !== undefined || closed !== undefined) throw writeEnded("write");
      pending = writeFully(fd, chunk);
      hasher.update(chunk);
      bytes += chunk.length;
      try {
        await pending;
      } catch (error) {
        throw fileError(error, url, "write the shard");
      }
    },
    close() {
      if (closed === undefined && released !== undefined) return Promise.reject(writeEnded("close"));
      closed ??= finish();
      return closed;
    },
    async discard() {
      await releaseFd().catch(() => {});
    },
  };
}

function writeFully(fd: number, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    let done = 0;
    const step = (): void => {
      write(fd, chunk, done, chunk.length - done, null, (error, count) => {
        done += count;
        if (error !== null) reject(error);
        else if (done === chunk.length) resolve();
        else step();
      });
    };
    step();
  });
}

import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createNodeHasher } from "@atdata/core/node";
import type { BlobCache } from "../blobs/blob-cache.ts";
import { sha256OfCid } from "../blobs/cid.ts";

/** A file that was begun so long ago was left by a process that has ended. */
const LEFT_MS = 10 * 60 * 1000;
/** When a blob was used is noted so often at the most. */
const TOUCH_MS = 60 * 1000;
const CHUNK_BYTES = 1 << 20;

/**
 * Keeps blobs in a folder, each in a file named by its CID, `maxBytes` of them at the most; several processes may share it.
 *
 * A blob is written under a hidden name and gets its own when it is whole. Each process checks a blob's CID when it first
 * reads it, and again when the file has changed; a damaged one is removed. What was not used for longest goes first. Where
 * the folder cannot be written or read, nothing is kept, and that is no failure.
 *
 * @throws RangeError – `maxBytes` is no positive number.
 */
export function diskBlobCache(dir: string, maxBytes: number): BlobCache {
  if (!(maxBytes > 0)) throw new RangeError(`maxBytes must be a positive number, not ${maxBytes}`);
  const folder = new BlobFolder(resolve(dir), maxBytes);
  return {
    async read(cid, offset, length, options) {
      options?.signal?.throwIfAborted();
      if (sha256OfCid(cid) === undefined) return undefined;
      return folder.read(cid, offset, length).catch(() => undefined);
    },
    async put(cid, bytes, options) {
      options?.signal?.throwIfAborted();
      if (sha256OfCid(cid) === undefined || bytes.length > maxBytes) return;
      await folder.write(cid, bytes).catch(() => {});
    },
  };
}

class BlobFolder {
  readonly #dir: string;
  readonly #maxBytes: number;
  /** State of files that this process has checked, by name. */
  readonly #checked = new Map<string, string>();
  /** Many ranges may be asked of a blob at once: it is read for its hash once. */
  readonly #checking = new Map<string, Promise<boolean>>();
  readonly #touched = new Map<string, number>();

  constructor(dir: string, maxBytes: number) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
  }

  async read(cid: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = await open(join(this.#dir, cid), "r");
    try {
      const { ino, size, mtimeMs } = await file.stat();
      const state = `${ino} ${size} ${mtimeMs}`;
      if (this.#checked.get(cid) !== state) {
        if (!(await this.#check(cid, state, file))) return undefined;
        this.#checked.set(cid, state);
      }
      const wanted = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      const got = await readFully(file, wanted, offset);
      await this.#touch(cid, mtimeMs);
      // Whoever cut it off meanwhile, it is no longer the blob.
      return got === wanted.length ? wanted : undefined;
    } finally {
      await file.close();
    }
  }

  async write(cid: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const [path, temporary] = [cid, `.${cid}.${randomBytes(6).toString("hex")}.tmp`].map((name) =>
      join(this.#dir, name),
    ) as [string, string];
    await this.#makeRoom(bytes.length);
    try {
      await writeFile(temporary, bytes, { flag: "wx" });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    const { ino, size, mtimeMs } = await stat(path);
    this.#checked.set(cid, `${ino} ${size} ${mtimeMs}`);
  }

  #check(cid: string, state: string, file: FileHandle): Promise<boolean> {
    const key = `${cid} ${state}`;
    const known = this.#checking.get(key);
    if (known !== undefined) return known;
    const checking = (async () => {
      const whole = (await hashOf(file)) === sha256OfCid(cid);
      if (!whole) await rm(join(this.#dir, cid), { force: true });
      return whole;
    })().finally(() => this.#checking.delete(key));
    this.#checking.set(key, checking);
    return checking;
  }

  /** The time of the last access says when a blob was used; that of the last change stays. */
  async #touch(cid: string, mtimeMs: number): Promise<void> {
    const now = Date.now();
    if (now - (this.#touched.get(cid) ?? 0) < TOUCH_MS) return;
    this.#touched.set(cid, now);
    const path = join(this.#dir, cid);
    await utimes(path, now / 1000, mtimeMs / 1000).catch(() => {});
    // Times lose digits on the way.
    const { ino, size, mtimeMs: after } = await stat(path);
    this.#checked.set(cid, `${ino} ${size} ${after}`);
  }

  async #makeRoom(bytes: number): Promise<void> {
    const held: { readonly path: string; readonly cid: string; readonly size: number; readonly usedMs: number }[] = [];
    let total = bytes;
    for (const name of await readdir(this.#dir)) {
      const hidden = /^\.(b[a-z2-7]{58})\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
      if (hidden === undefined && sha256OfCid(name) === undefined) continue;
      const path = join(this.#dir, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined) continue;
      if (hidden !== undefined) {
        if (Date.now() - stats.mtimeMs > LEFT_MS) await rm(path, { force: true });
        else total += stats.size;
        continue;
      }
      total += stats.size;
      held.push({ path, cid: name, size: stats.size, usedMs: stats.atimeMs });
    }
    held.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path, cid, size } of held) {
      if (total <= this.#maxBytes) return;
      await rm(path, { force: true });
      this.#checked.delete(cid);
      this.#touched.delete(cid);
      total -= size;
    }
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hasher = createNodeHasher();
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; ; at += chunk.length) {
    const got = await readFully(file, chunk, at);
    hasher.update(chunk.subarray(0, got));
    if (got < chunk.length) return hasher.hex();
  }
}

/** Fills `bytes` from `offset`; gives how many there were. */
async function readFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

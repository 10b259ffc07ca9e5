import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, unlink, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { abortable } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";

/** A copy that grew no more for so long was left by a process that has ended; one that has not loses it. */
const LEFT_MS = 10 * 60 * 1000;

interface Held {
  readonly name: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/**
 * A folder of copies, each named by its SHA-256, that several processes may use at once.
 *
 * No process holds a lock. A copy is written under a hidden name and gets its own when it is whole and checked; when it was
 * last used is its access time. What is removed while another process reads it stays readable for that process.
 */
export class CacheFolder {
  readonly dir: string;
  /** Bytes of all copies, at the most. */
  readonly maxBytes: number;
  /** State of files that this process has checked, by name. */
  readonly #checked = new Map<string, string>();
  readonly #hashing = new Map<string, Promise<string | undefined>>();
  /** How many readers of this process read a copy, by name. */
  readonly #inUse = new Map<string, number>();

  constructor(dir: string, maxBytes: number) {
    this.dir = resolve(dir);
    this.maxBytes = maxBytes;
  }

  /** Tells the path of a copy that is there and whole; removes it if it is damaged. */
  async find(sha256: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const path = join(this.dir, sha256);
    const state = await stateOf(path);
    if (state === undefined) return undefined;
    if (this.#checked.get(sha256) !== state) {
      const found = await abortable(this.#hash(path), signal);
      if (found !== sha256) {
        if (found !== undefined) await rm(path, { force: true }).catch(() => {});
        return undefined;
      }
      this.#checked.set(sha256, state);
    }
    await touch(path);
    return path;
  }

  /** Many ranges may be asked of a copy at once: it is read for its checksum once. */
  #hash(path: string): Promise<string | undefined> {
    const known = this.#hashing.get(path);
    if (known !== undefined) return known;
    const hashing = hashOf(path).finally(() => this.#hashing.delete(path));
    this.#hashing.set(path, hashing);
    return hashing;
  }

  /** Keeps a copy from being removed for as long as it is read; the caller calls what it is given when that ends. */
  use(sha256: string): () => void {
    this.#inUse.set(sha256, (this.#inUse.get(sha256) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#inUse.get(sha256) ?? 1) - 1;
      if (left > 0) this.#inUse.set(sha256, left);
      else this.#inUse.delete(sha256);
    };
  }

  /** Makes the folder, and tells a path in it for a copy that is not whole yet. */
  async temporary(sha256: string): Promise<string> {
    await mkdir(this.dir, { recursive: true });
    return join(this.dir, `.${sha256}.${randomBytes(6).toString("hex")}.tmp`);
  }

  /** Gives a checked copy its name. */
  async keep(temporary: string, sha256: string): Promise<void> {
    const path = join(this.dir, sha256);
    const now = Date.now() / 1000;
    // A whole second: what `touch` writes back later is then exactly what was there.
    await utimes(temporary, now, Math.floor(now));
    await rename(temporary, path);
    const state = await stateOf(path);
    if (state !== undefined) this.#checked.set(sha256, state);
  }

  /** Removes what was not used for longest until `bytes` more have room; tells whether they have. */
  async makeRoom(bytes: number): Promise<boolean> {
    if (bytes > this.maxBytes) return false;
    const held = await this.#list();
    let total = bytes;
    for (const file of held) total += file.bytes;
    for (const { name, bytes: freed } of held) {
      if (total <= this.maxBytes) return true;
      if (name.startsWith(".") || this.#inUse.has(name)) continue;
      await unlink(join(this.dir, name)).catch(() => {});
      this.#checked.delete(name);
      total -= freed;
    }
    return total <= this.maxBytes;
  }

  /** Lists copies, and such as are being written, by when they were used. */
  async #list(): Promise<Held[]> {
    const held: Held[] = [];
    for (const name of await readdir(this.dir)) {
      if (!/^[0-9a-f]{64}$|^\.[0-9a-f]{64}\.[0-9a-f]{12}\.tmp$/.test(name)) continue;
      const path = join(this.dir, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined) continue;
      if (name.startsWith(".") && Date.now() - stats.mtimeMs > LEFT_MS) await rm(path, { force: true });
      else held.push({ name, bytes: stats.size, usedMs: stats.atimeMs });
    }
    return held.sort((a, b) => a.usedMs - b.usedMs);
  }
}

async function stateOf(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined ? undefined : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

/** Notes that a copy was used now, and leaves when it was made as it is: readers take a change of that for another file. */
async function touch(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats !== undefined) await utimes(path, Date.now() / 1000, stats.mtimeMs / 1000).catch(() => {});
}

async function hashOf(path: string): Promise<string | undefined> {
  const hasher = createNodeHasher();
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) hasher.update(chunk);
    });
    return hasher.hex();
  } catch {
    return undefined;
  }
}

import { type FileHandle, open, rm } from "node:fs/promises";
import { AtdataError, type ByteReader, type Hasher } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import type { CacheFolder } from "./cache-folder.ts";

/** Room is made for so much at once, as looking through the folder takes time. */
const STEP_BYTES = 16 << 20;

/**
 * Passes bytes on while it writes a copy of them, which is kept when all have come and their checksum is the one expected.
 *
 * Where no copy can be written, such as on a full disk, the bytes are passed on all the same.
 */
export class KeepingReader implements ByteReader {
  readonly #inner: ByteReader;
  readonly #folder: CacheFolder;
  readonly #url: string;
  readonly #sha256: string;
  readonly #hasher: Hasher = createNodeHasher();
  #file: FileHandle | undefined;
  #path: string | undefined;
  #written = 0;
  #room = 0;
  #state: "new" | "writing" | "given up" = "new";
  /** What is being done with the copy: closing waits for it. */
  #step: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(inner: ByteReader, folder: CacheFolder, url: string, sha256: string) {
    this.#inner = inner;
    this.#folder = folder;
    this.#url = url;
    this.#sha256 = sha256;
  }

  async next(): Promise<Uint8Array | undefined> {
    const chunk = await this.#inner.next();
    if (this.#closed) return chunk;
    this.#step = chunk === undefined ? this.#end() : this.#add(chunk);
    await this.#step;
    return chunk;
  }

  release(chunk: Uint8Array): void {
    this.#inner.release?.(chunk);
  }

  prefer(bytes: number): void {
    this.#inner.prefer?.(bytes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inner.close();
    await this.#step.catch(() => {});
    await this.#giveUp();
  }

  async #add(chunk: Uint8Array): Promise<void> {
    if (this.#state === "given up") return;
    this.#hasher.update(chunk);
    try {
      while (this.#written + chunk.length > this.#room) {
        this.#path ??= await this.#folder.temporary(this.#sha256);
        const bytes = Math.max(chunk.length, Math.min(STEP_BYTES, this.#folder.maxBytes - this.#room));
        if (!(await this.#folder.makeRoom(bytes))) return await this.#giveUp();
        this.#room += bytes;
      }
      this.#file ??= await open(this.#path as string, "wx");
      this.#state = "writing";
      await writeFully(this.#file, chunk);
      this.#written += chunk.length;
    } catch {
      await this.#giveUp();
    }
  }

  async #end(): Promise<void> {
    if (this.#state !== "writing") return;
    const got = this.#hasher.hex();
    if (got !== this.#sha256) {
      await this.#giveUp();
      const fields = { shard: this.#url, want: this.#sha256, got };
      const hint = "fetch the shard again; its samples are not to be trusted";
      throw new AtdataError("CHECKSUM_MISMATCH", "shard differs from its checksum", fields, { hint });
    }
    try {
      await this.#file?.close();
      this.#file = undefined;
      await this.#folder.keep(this.#path as string, this.#sha256);
      this.#path = undefined;
    } catch {
      // Read all the same.
    }
    await this.#giveUp();
  }

  /** Removes the copy unless it was kept, and writes no other. */
  async #giveUp(): Promise<void> {
    this.#state = "given up";
    const [file, path] = [this.#file, this.#path];
    this.#file = undefined;
    this.#path = undefined;
    await file?.close().catch(() => {});
    if (path !== undefined) await rm(path, { force: true }).catch(() => {});
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}

import { close, type Stats } from "node:fs";
import { openFile } from "./file-reader.ts";

interface Shared {
  readonly opened: Promise<{ fd: number; stats: Stats }>;
  users: number;
}

/**
 * Files that are open for range reads: a read that follows at once uses the descriptor of the one before.
 *
 * A descriptor is closed when the event loop comes round and nobody reads, so none is left open behind anyone's back.
 */
export class FileHandles {
  readonly #shared = new Map<string, Shared>();

  /** Runs `work` with the file open. */
  async use<T>(path: string, work: (fd: number, stats: Stats) => Promise<T>): Promise<T> {
    const shared = this.#shared.get(path) ?? { opened: openFile(path), users: 0 };
    this.#shared.set(path, shared);
    shared.users++;
    try {
      const { fd, stats } = await shared.opened;
      return await work(fd, stats);
    } finally {
      shared.users--;
      if (shared.users === 0) setImmediate(() => this.#closeUnused(path, shared));
    }
  }

  #closeUnused(path: string, shared: Shared): void {
    if (shared.users > 0 || this.#shared.get(path) !== shared) return;
    this.#shared.delete(path);
    // A file that could not be opened has nothing to close; its error went to those who wanted it.
    shared.opened.then(({ fd }) => close(fd)).catch(() => {});
  }
}

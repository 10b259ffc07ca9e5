import type { CallOptions, DataStore, SidecarSink } from "@atdata/core";

const HEADER = ".manifest.json";

/**
 * Collects the sidecars of one shard and writes them together, in place of older ones.
 *
 * A header speaks for its rows, so the old one goes before new rows come, and the new one comes last: whoever reads meanwhile, or
 * after a kill, finds no manifest rather than one whose parts disagree.
 */
export class SidecarStore implements SidecarSink {
  readonly #store: Pick<DataStore, "create" | "delete">;
  readonly #waiting: Map<string, Uint8Array> = new Map();

  /** Takes the store that is written to. */
  constructor(store: Pick<DataStore, "create" | "delete">) {
    this.#store = store;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.#waiting.set(name, bytes);
  }

  /** Writes what was put since the last time. */
  async flush(options: CallOptions): Promise<void> {
    const files = [...this.#waiting].sort(([a], [b]) => Number(a.endsWith(HEADER)) - Number(b.endsWith(HEADER)));
    this.#waiting.clear();
    for (const [name] of [...files].reverse()) await this.#store.delete(name, options);
    for (const [name, bytes] of files) await this.#store.create(name, bytes, options);
  }
}

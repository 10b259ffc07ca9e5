import { type IndexEntry, type IndexProvider, memoryIndex } from "@atdata/core";
import type { MakeIndexProvider } from "../../src/index.ts";
import { lasting, mutant } from "./index-provider.ts";

/** Indexes with one fault each in what they do with signals, memory, racers and openers. */
export const indexCallMutants: Readonly<Record<string, MakeIndexProvider>> = {
  "ignores signals when it reads": mutant((good) => ({
    getEntry: (id) => good.getEntry(id),
    latestEntry: (name) => good.latestEntry(name),
    getSchema: (name, version) => good.getSchema(name, version),
    getLens: (name, version) => good.getLens(name, version),
    getLabel: (name, version) => good.getLabel(name, version),
    latestLabel: (name) => good.latestLabel(name),
  })),
  "ignores signals once a listing has begun": mutant((good) => ({
    async *listEntries({ signal, name } = {}) {
      signal?.throwIfAborted();
      yield* good.listEntries({ name });
    },
  })),
  "writes before it looks at the signal": mutant((good) => ({
    async putLabel(label, { signal, expect } = {}) {
      const put = await good.putLabel(label, { expect });
      signal?.throwIfAborted();
      return put;
    },
  })),
  "keeps references to arguments": mutant((good) => {
    const given = new Map<string, Pick<IndexEntry, "dataUrls" | "metadata">>();
    return {
      async putEntry(entry, options) {
        const held = await good.putEntry(entry, options);
        given.set(held.id, { dataUrls: entry.dataUrls, metadata: entry.metadata });
        return held;
      },
      async getEntry(id, options) {
        const held = await good.getEntry(id, options);
        return held && structuredClone({ ...held, ...given.get(id) });
      },
    };
  }),
  "gives its own memory": mutant((good) => {
    const cache = new Map<string, IndexEntry>();
    return {
      async getEntry(id, options) {
        const held = cache.get(id) ?? (await good.getEntry(id, options));
        if (held) cache.set(id, held);
        return held;
      },
      async *listEntries(options) {
        for await (const entry of good.listEntries(options)) yield cache.get(entry.id) ?? entry;
      },
    };
  }),
  "loses what is put at the same time": mutant((good) => {
    let busy = false;
    return {
      async putEntry(entry, options) {
        if (busy) return { ...entry, id: "lost" };
        busy = true;
        await Promise.resolve();
        busy = false;
        return good.putEntry(entry, options);
      },
    };
  }),
  "puts the name first, then the metadata": mutant((good) => {
    const metadata = new Map<string, IndexEntry["metadata"]>();
    const joined = (held: IndexEntry): IndexEntry => ({ ...held, metadata: metadata.get(held.id) });
    return {
      async putEntry(entry, options) {
        const held = await good.putEntry(entry, options);
        for (let i = 0; i < 3; i++) await Promise.resolve();
        metadata.set(held.id, structuredClone(entry.metadata));
        return joined(held);
      },
      async getEntry(id, options) {
        const held = await good.getEntry(id, options);
        return held && joined(held);
      },
    };
  }),
  "shows nothing to another opener": () => ({ provider: memoryIndex(), reopen: async () => memoryIndex() }),
  "lets each opener win": () => {
    const first = memoryIndex();
    const one = (): IndexProvider => {
      const own = memoryIndex();
      return { ...first, createSchema: own.createSchema, createLens: own.createLens };
    };
    return { provider: first, reopen: async () => one() };
  },
  "forgets the order when it is opened again": () => {
    const good = memoryIndex();
    const reopen = async (): Promise<IndexProvider> => ({
      ...good,
      async *listEntries(options) {
        const entries: IndexEntry[] = [];
        for await (const entry of good.listEntries(options)) entries.push(entry);
        yield* entries.sort((one, other) => (one.id < other.id ? -1 : 1));
      },
    });
    return { provider: good, reopen };
  },
  "cannot be disposed twice": () => {
    const good = memoryIndex();
    let open = true;
    const provider: IndexProvider = {
      ...good,
      async [Symbol.asyncDispose]() {
        if (!open) throw new Error("closed");
        open = false;
      },
    };
    return { ...lasting(provider), reopen: async () => good };
  },
};

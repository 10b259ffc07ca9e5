import { memoryIndex } from "@atdata/core";
import { collect } from "../../src/expect.ts";
import type { MakeIndexProvider } from "../../src/index.ts";
import { entriesGiven, lasting, listings, mutant } from "./index-provider.ts";

const shared = memoryIndex();

/** Indexes with one fault each in what they do with entries and listings. */
export const indexEntryMutants: Readonly<Record<string, MakeIndexProvider>> = {
  "shares what it holds between factory calls": () => lasting(shared),
  "gives entries without their schema": entriesGiven((entry) => ({ ...entry, schemaRef: "" })),
  "tells the time in no zone": entriesGiven((entry) => ({ ...entry, createdAt: "2026-01-01 10:00:00" })),
  "puts metadata as text": mutant((good) => ({
    putEntry: ({ metadata, ...rest }, options) =>
      good.putEntry({ ...rest, metadata: metadata && JSON.parse(JSON.stringify(metadata)) }, options),
  })),
  "makes 32-bit integers of numbers": entriesGiven((entry) => {
    const integers = entry.metadata?.integers;
    if (!Array.isArray(integers)) return entry;
    return { ...entry, metadata: { ...entry.metadata, integers: integers.map((one) => one | 0) } };
  }),
  "takes empty metadata for none": mutant((good) => ({
    putEntry: ({ metadata, ...rest }, options) =>
      good.putEntry({ ...rest, metadata: Object.keys(metadata ?? {}).length > 0 ? metadata : undefined }, options),
  })),
  "drops repeated urls": mutant((good) => ({
    putEntry: (entry, options) => good.putEntry({ ...entry, dataUrls: [...new Set(entry.dataUrls)] }, options),
  })),
  "makes urls of paths": mutant((good) => ({
    putEntry: (entry, options) =>
      good.putEntry({ ...entry, dataUrls: entry.dataUrls.map((url) => new URL(url, "file:///").href) }, options),
  })),
  "knows entries by their sorted urls": mutant((good) => ({
    putEntry: (entry, options) => good.putEntry({ ...entry, dataUrls: [...entry.dataUrls].sort() }, options),
  })),
  "merges new metadata into the old": mutant((good) => {
    const kept = new Map<string, Readonly<Record<string, unknown>>>();
    return {
      async putEntry(entry, options) {
        const { id } = await good.putEntry(entry, options);
        const old = kept.get(id) ?? {};
        const metadata = entry.metadata || kept.has(id) ? { ...old, ...entry.metadata } : undefined;
        if (metadata) kept.set(id, metadata);
        return good.putEntry({ ...entry, metadata }, options);
      },
    };
  }),
  "takes part of an id for the id": mutant((good) => ({
    async getEntry(id, options) {
      for await (const entry of good.listEntries(options)) if (entry.id.startsWith(id)) return entry;
      return undefined;
    },
  })),
  "says that it deleted an entry that was not there": mutant((good) => ({
    deleteEntry: (id, options) => good.deleteEntry(id, options).then(() => true),
  })),
  "finds entries by the names they had": mutant((good) => {
    const ids = new Map<string, string>();
    return {
      async putEntry(entry, options) {
        const held = await good.putEntry(entry, options);
        ids.set(entry.name, held.id);
        return held;
      },
      latestEntry: async (name, options) => good.getEntry(ids.get(name) ?? "", options),
    };
  }),
  "finds the first entry of a name": mutant((good) => ({
    latestEntry: async (name, options) => (await collect(good.listEntries({ ...options, name })))[0],
  })),
  "deletes labels with their entry": mutant((good) => ({
    async deleteEntry(id, options) {
      for (const label of await collect(good.listLabels({ ...options, id }))) {
        await good.deleteLabel(label.name, label.version);
      }
      return good.deleteEntry(id, options);
    },
  })),
  "composes letters of names": mutant((good) => ({
    putEntry: (entry, options) => good.putEntry({ ...entry, name: entry.name.normalize("NFC") }, options),
    latestEntry: (name, options) => good.latestEntry(name.normalize("NFC"), options),
  })),
  "lists by name": mutant((good) =>
    listings(good, (items) => [...items].sort((one, other) => (one.name < other.name ? -1 : 1))),
  ),
  "lists the last first": mutant((good) => listings(good, (items) => [...items].reverse())),
  "lists one page": mutant((good) => listings(good, (items) => items.slice(0, 100))),
  "fails where there is nothing to list": mutant((good) =>
    listings(good, (items) => {
      if (items.length === 0) throw new Error("nothing there");
      return items;
    }),
  ),
  "takes a name for the beginning of names": mutant((good) => ({
    async *listEntries({ name = "", signal } = {}) {
      for await (const entry of good.listEntries({ signal })) if (entry.name.startsWith(name)) yield entry;
    },
  })),
  "is locked while a listing is open, also one that was left": mutant((good) => {
    let open = 0;
    return {
      async *listLenses(options) {
        open++;
        yield* good.listLenses(options);
        open--;
      },
      async putEntry(entry, options) {
        if (open > 0) throw new Error("locked");
        return good.putEntry(entry, options);
      },
    };
  }),
  "lists by counting from the start": mutant((good) => ({
    async *listEntries(options) {
      for (let from = 0; ; from += 100) {
        const page = (await collect(good.listEntries(options))).slice(from, from + 100);
        if (page.length === 0) return;
        yield* page;
      }
    },
  })),
  "has one cursor for all listings": mutant((good) => {
    let at = 0;
    return {
      async *listEntries(options) {
        const items = await collect(good.listEntries(options));
        for (at = 0; at < items.length; ) {
          const item = items[at++];
          if (item) yield item;
        }
      },
    };
  }),
};

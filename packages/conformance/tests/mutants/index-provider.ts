import { contentId, type IndexEntry, type IndexProvider, memoryIndex } from "@atdata/core";
import type { MakeIndexProvider } from "../../src/index.ts";

/** The index that all mutants are made of. */
export const goodIndex: MakeIndexProvider = () => lasting(wholeIndex());

/** An index in memory with all that is optional. */
function wholeIndex(): IndexProvider {
  const good = memoryIndex();
  return {
    ...good,
    async putLabelled(entry, label, options) {
      // The label is put, or not, before anybody else has a turn.
      const put = await good.putLabel({ ...label, id: contentId(entry) }, options);
      return put ? good.putEntry(entry) : undefined;
    },
  };
}

/** A provider that outlives its openers. */
export function lasting(provider: IndexProvider): ReturnType<MakeIndexProvider> {
  return { provider, reopen: async () => provider };
}

/** Changes what is not right about a good provider. */
export function mutant(change: (good: IndexProvider) => Partial<IndexProvider>): MakeIndexProvider {
  return () => {
    const good = wholeIndex();
    return lasting({ ...good, ...change(good) });
  };
}

/** Changes each item of each listing. */
export function listings(
  good: IndexProvider,
  change: <T extends { readonly name: string }>(all: readonly T[]) => Iterable<T>,
): Pick<IndexProvider, "listEntries" | "listSchemas" | "listLenses" | "listLabels"> {
  async function* changed<T extends { readonly name: string }>(listing: AsyncIterable<T>): AsyncGenerator<T> {
    const all: T[] = [];
    for await (const one of listing) all.push(one);
    yield* change(all);
  }
  return {
    listEntries: (options) => changed(good.listEntries(options)),
    listSchemas: (options) => changed(good.listSchemas(options)),
    listLenses: (options) => changed(good.listLenses(options)),
    listLabels: (options) => changed(good.listLabels(options)),
  };
}

/** Changes each entry that is given. */
export function entriesGiven(change: (entry: IndexEntry) => IndexEntry): MakeIndexProvider {
  return mutant((good) => ({
    putEntry: async (entry, options) => change(await good.putEntry(entry, options)),
    async getEntry(id, options) {
      const held = await good.getEntry(id, options);
      return held && change(held);
    },
    async latestEntry(name, options) {
      const held = await good.latestEntry(name, options);
      return held && change(held);
    },
    async *listEntries(options) {
      for await (const held of good.listEntries(options)) yield change(held);
    },
  }));
}

import type { IndexProvider } from "@atdata/core";

/** Stands in for a provider that is connected when it is first asked for something. */
export function lazyProvider(name: string, connect: () => Promise<IndexProvider>): IndexProvider {
  let connecting: Promise<IndexProvider> | undefined;
  const get = (): Promise<IndexProvider> => {
    connecting ??= connect();
    return connecting;
  };
  return {
    name,
    putEntry: async (...args) => (await get()).putEntry(...args),
    getEntry: async (...args) => (await get()).getEntry(...args),
    latestEntry: async (...args) => (await get()).latestEntry(...args),
    listEntries: (...args) => listing(async () => (await get()).listEntries(...args)),
    deleteEntry: async (...args) => (await get()).deleteEntry(...args),
    createSchema: async (...args) => (await get()).createSchema(...args),
    getSchema: async (...args) => (await get()).getSchema(...args),
    listSchemas: (...args) => listing(async () => (await get()).listSchemas(...args)),
    createLens: async (...args) => (await get()).createLens(...args),
    getLens: async (...args) => (await get()).getLens(...args),
    listLenses: (...args) => listing(async () => (await get()).listLenses(...args)),
    putLabel: async (...args) => (await get()).putLabel(...args),
    getLabel: async (...args) => (await get()).getLabel(...args),
    latestLabel: async (...args) => (await get()).latestLabel(...args),
    listLabels: (...args) => listing(async () => (await get()).listLabels(...args)),
    deleteLabel: async (...args) => (await get()).deleteLabel(...args),
    async [Symbol.asyncDispose]() {
      // One that could not be connected has nothing to end, and has said so.
      const provider = await connecting?.catch(() => undefined);
      await provider?.[Symbol.asyncDispose]?.();
    },
  };
}

async function* listing<T>(start: () => Promise<AsyncIterable<T>>): AsyncGenerator<T> {
  yield* await start();
}

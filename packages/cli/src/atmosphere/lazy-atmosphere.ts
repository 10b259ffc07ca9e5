import type { Atmosphere } from "@atdata/atmosphere";
import type { DataSource, DataStore, IndexProvider, Repository, RepositoryNetwork } from "@atdata/core";
import { lazyProvider } from "../config/lazy-provider.ts";

/** Stands in for the network, which is opened when it is first asked for something. */
export interface LazyAtmosphere {
  /** The way to the repositories of others. */
  readonly network: RepositoryNetwork;
  /** The repository of the account that is logged in. */
  readonly own: Repository;
}

/** Builds {@link LazyAtmosphere}. */
export function lazyAtmosphere(connect: () => Promise<Atmosphere>): LazyAtmosphere {
  let connecting: Promise<Atmosphere> | undefined;
  let connected: Atmosphere | undefined;
  const get = async (): Promise<Atmosphere> => {
    connecting ??= connect();
    connected = await connecting;
    return connected;
  };
  const source = lazySource(async () => (await get()).network.source);
  const provider: IndexProvider = {
    ...lazyProvider("atmosphere", async () => (await get()).provider),
    schemaByRef: async (...args) => (await get()).provider.schemaByRef?.(...args),
    lensByRef: async (...args) => (await get()).provider.lensByRef?.(...args),
    putLabelled: async (...args) =>
      ((await get()).provider as Required<Pick<IndexProvider, "putLabelled">>).putLabelled(...args),
  };
  const network: RepositoryNetwork = {
    source,
    open: async (...args) => (await get()).network.open(...args),
  };
  const store: DataStore = {
    name: "atproto",
    source,
    published: true,
    begin: async (...args) => storeOf(await get()).begin(...args),
    maxFileBytes: async (...args) => storeOf(await get()).maxFileBytes?.(...args),
    // Whoever names a file of the store has asked its index before.
    url: (name) => storeOf(connected as Atmosphere).url(name),
    get: async (...args) => storeOf(await get()).get(...args),
    create: async (...args) => storeOf(await get()).create(...args),
    delete: async (...args) => storeOf(await get()).delete(...args),
  };
  return { network, own: { provider, store, network } };
}

function storeOf({ store }: Atmosphere): DataStore {
  return store as DataStore;
}

function lazySource(get: () => Promise<DataSource>): DataSource {
  return {
    name: "atproto",
    schemes: ["at"],
    capabilities: { range: true, local: false },
    async *list(ref, options) {
      yield* (await get()).list(ref, options);
    },
    open: async (url, options) => (await get()).open(url, options),
    read: async (...args) => ((await get()) as Required<Pick<DataSource, "read">>).read(...args),
    size: async (url, options) => (await get()).size?.(url, options),
  };
}

import type { HandleResolver } from "./identity.ts";

/** Builds the resolver of a table from handles, lower-case, to DIDs. */
export function staticResolver(dids: Readonly<Record<string, string>>): HandleResolver {
  return {
    name: "static",
    resolve: async (handle) => (Object.hasOwn(dids, handle) ? dids[handle] : undefined),
  };
}

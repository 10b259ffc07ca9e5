import type { HandleResolver } from "./identity.ts";

/** Builds the resolver of a table from handles to DIDs, read at each call. */
export function staticResolver(dids: Readonly<Record<string, string>> | ReadonlyMap<string, string>): HandleResolver {
  const isMap = (value: typeof dids): value is ReadonlyMap<string, string> => value instanceof Map;
  return {
    name: "static",
    async resolve(handle) {
      if (isMap(dids)) return dids.get(handle);
      return Object.hasOwn(dids, handle) ? dids[handle] : undefined;
    },
  };
}

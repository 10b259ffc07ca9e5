import { baseName, type DataSource, type DataStore, type ShardPlugin } from "@atdata/core";

/** Where manifests are that are not beside their shards. */
export type ManifestPlace = Pick<DataStore, "source" | "url">;

/**
 * Makes a plugin look for manifests in another place than beside the shards, where `buildManifests` was told to write them.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@atdata/core";
 * import { manifests, manifestsIn } from "@atdata/manifest";
 * const plugin = manifestsIn(memoryStore(), manifests());
 * plugin.name; // -> "manifest"
 * ```
 */
export function manifestsIn(place: ManifestPlace, plugin: ShardPlugin): ShardPlugin {
  return {
    ...plugin,
    open: async (context, options) => plugin.open?.({ ...context, source: redirect(context.source, place) }, options),
  };
}

/** Reads sidecars from a place, by name, and everything else as before. */
export function redirect(source: DataSource, place: ManifestPlace): DataSource {
  const route = (url: string): readonly [DataSource, string] => {
    const name = baseName(url);
    return /\.(manifest\.(json|parquet)|rollup\.parquet)$/.test(name) ? [place.source, place.url(name)] : [source, url];
  };
  // What one of the two cannot do is left to the caller, who then reads files whole.
  const ranged = source.read !== undefined && place.source.read !== undefined;
  return {
    name: source.name,
    schemes: source.schemes,
    capabilities: { ...source.capabilities, range: ranged },
    list: (ref, options) => source.list(ref, options),
    async open(url, options) {
      const [from, at] = route(url);
      return from.open(at, options);
    },
    ...(ranged && {
      async read(url: string, offset: number, length: number, options?: Parameters<DataSource["open"]>[1]) {
        const [from, at] = route(url);
        return (from as Required<DataSource>).read(at, offset, length, options);
      },
    }),
    async size(url, options) {
      const [from, at] = route(url);
      return from.size?.(at, options);
    },
  };
}

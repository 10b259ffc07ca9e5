import {
  memoryPlugin,
  type PluginIndex,
  type SampleLocation,
  type ShardPlugin,
  type WrittenSample,
} from "@atdata/core";
import type { MakePlugin } from "../../src/index.ts";

/** The plugin that all mutants are made of. */
export const goodPlugin: MakePlugin = () => memoryPlugin();

function mutant(change: (plugin: ShardPlugin) => Partial<ShardPlugin>): MakePlugin {
  return () => {
    const plugin = memoryPlugin();
    return { ...plugin, ...change(plugin) };
  };
}

/** Changes the index that `open` gives. */
function index(change: (good: PluginIndex) => Partial<PluginIndex>): MakePlugin {
  return mutant((plugin) => ({
    async open(context, options) {
      const good = await plugin.open?.(context, options);
      return good && { ...good, ...change(good) };
    },
  }));
}

const shared = memoryPlugin();

/** Plugins with one fault each. */
export const pluginMutants: Readonly<Record<string, MakePlugin>> = {
  "has no name": mutant(() => ({ name: "" })),
  "answers for datasets it does not know": mutant((plugin) => ({
    open: async (context, options) => (await plugin.open?.(context, options)) ?? { counts: async () => [] },
  })),
  "shares what it knows between factory calls": () => shared,
  "counts in the order of urls": mutant((plugin) => ({
    open: async (context, options) =>
      plugin.open?.({ ...context, shards: [...context.shards].sort((a, b) => (a.url < b.url ? -1 : 1)) }, options),
  })),
  "throws for a key that is not there": index((good) => ({
    async locate(key, options) {
      const found = await good.locate?.(key, options);
      if (found === undefined) throw new Error("no such key");
      return found;
    },
  })),
  "tells wrong offsets": index((good) => ({
    async locate(key, options) {
      const found = await good.locate?.(key, options);
      return found && { ...found, offset: found.offset + 512 };
    },
  })),
  "leaves out the first match": index((good) => ({
    async *query(predicate, options) {
      let first = true;
      for await (const found of good.query?.(predicate, options) ?? []) {
        if (!first) yield found;
        first = false;
      }
    },
  })),
  "gives matches in another order": index((good) => ({
    async *query(predicate, options) {
      const all: SampleLocation[] = [];
      for await (const found of good.query?.(predicate, options) ?? []) all.unshift(found);
      yield* all;
    },
  })),
  "tells the hash of something else": index((good) => ({
    async *query(predicate, options) {
      for await (const found of good.query?.(predicate, options) ?? []) yield { ...found, sha256: "0".repeat(64) };
    },
  })),
  "takes the number of a shard for that of another": index((good) => ({
    places: async (shard, options) => good.places?.(shard === 0 ? 2 : 0, options),
  })),
  "plans fewer shards than match": index((good) => ({
    async plan(predicate, options) {
      const plan = await good.plan?.(predicate, options);
      return { bytes: 0, reason: "", ...plan, shards: Math.max(0, (plan?.shards ?? 0) - 1) };
    },
  })),
  "counts values of the first shard only": mutant((plugin) => ({
    async open(context, options) {
      const first = await plugin.open?.({ ...context, shards: context.shards.slice(0, 1) }, options);
      const good = await plugin.open?.(context, options);
      return good && { ...good, describe: async (given) => (await first?.describe?.(given)) ?? new Map() };
    },
  })),
  "counts positions from the first shard ever written": mutant((plugin) => {
    const first = new Map<string, number>();
    let written = 0;
    return {
      write(context) {
        const good = plugin.write?.(context);
        let here = 0;
        return {
          sample(one: WrittenSample) {
            here++;
            good?.sample(one);
          },
          async shardClosed(name, stored) {
            first.set(stored.url, written);
            written += here;
            here = 0;
            await good?.shardClosed(name, stored);
          },
        };
      },
      async open(context, options) {
        const good = await plugin.open?.(context, options);
        if (good === undefined) return undefined;
        return {
          ...good,
          async locate(key, callOptions) {
            const found = await good.locate?.(key, callOptions);
            const start = first.get(context.shards[0]?.url ?? "") ?? 0;
            return found && { ...found, index: found.index + (context.shards.length === 1 ? start : 0) };
          },
        };
      },
    };
  }),
  "mixes writes that overlap": mutant((plugin) => {
    let current: ReturnType<NonNullable<ShardPlugin["write"]>> | undefined;
    return {
      write(context) {
        const own = plugin.write?.(context);
        current = own;
        return {
          sample: (one) => current?.sample(one),
          shardClosed: async (name, stored) => own?.shardClosed(name, stored),
        };
      },
    };
  }),
  "keeps payloads after the call": mutant((plugin) => ({
    write(context) {
      const own = plugin.write?.(context);
      const kept: WrittenSample[] = [];
      return {
        sample: (one) => {
          kept.push(one);
        },
        async shardClosed(name, stored) {
          for (const one of kept.splice(0)) own?.sample({ ...one, sample: decode(one.payload) });
          await own?.shardClosed(name, stored);
        },
      };
    },
  })),
  "ignores signals": mutant((plugin) => ({
    async open(context) {
      const good = await plugin.open?.(context);
      return (
        good && {
          counts: async () => (await good.counts?.()) ?? [],
          locate: async (key) => good.locate?.(key),
          query: (predicate) => good.query?.(predicate) ?? empty(),
        }
      );
    },
  })),
};

async function* empty(): AsyncGenerator<SampleLocation> {}

/** Stands for decoding: all that matters is that overwritten bytes give nothing. */
function decode(payload: Uint8Array): object {
  return payload[0] === 0xee ? {} : { n: 0, name: "even" };
}

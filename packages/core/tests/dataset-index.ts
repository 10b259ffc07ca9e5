import { compilePredicate } from "../src/predicate/evaluate.ts";
import type { PluginIndex, SampleLocation, ShardPlugin } from "../src/protocols/shard-plugin.ts";
import { type Fixture, type FixtureOptions, item, itemDataset, remote } from "./dataset-fixture.ts";

/** How often an index was asked. */
export interface Asked {
  opens: number;
  counts: number;
  keys: string[];
  queries: number;
}

/** An index, what it knows and how it was used. */
export interface Indexed {
  readonly plugin: ShardPlugin;
  readonly asked: Asked;
  readonly all: readonly SampleLocation[];
}

/** Makes an index of a dataset of items, by a scan of another one like it. */
export async function indexFor(
  lengths: readonly number[],
  without: readonly (keyof PluginIndex)[] = [],
): Promise<Indexed> {
  const all: SampleLocation[] = [];
  for await (const place of itemDataset(lengths).ds.query({ op: "and", terms: [] })) all.push(place);
  const asked: Asked = { opens: 0, counts: 0, keys: [], queries: 0 };
  const index: PluginIndex = {
    async counts() {
      asked.counts += 1;
      return lengths;
    },
    async locate(key) {
      asked.keys.push(key);
      return all.find((place) => place.key === key);
    },
    async *query(predicate) {
      asked.queries += 1;
      const test = compilePredicate(predicate);
      for (const place of all) if (test(item(place.index))) yield place;
    },
  };
  const plugin: ShardPlugin = {
    name: "test",
    async open() {
      asked.opens += 1;
      return Object.fromEntries(Object.entries(index).filter(([name]) => !without.includes(name as keyof PluginIndex)));
    },
  };
  return { plugin, asked, all };
}

export async function indexed(
  lengths: readonly number[],
  options: FixtureOptions = {},
  without: readonly (keyof PluginIndex)[] = [],
): Promise<Fixture & Indexed> {
  const { plugin, asked, all } = await indexFor(lengths, without);
  return {
    ...itemDataset(lengths, { around: remote, recorded: false, ...options, plugins: [plugin] }),
    plugin,
    asked,
    all,
  };
}

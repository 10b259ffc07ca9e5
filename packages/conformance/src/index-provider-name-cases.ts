import type { ConformanceCase } from "./case.ts";
import { collect, ensure, same } from "./expect.ts";
import { listedUrls, type MakeIndexProvider, urlOf, withIndex } from "./index-provider-fixture.ts";
import { sameValue } from "./value-text.ts";

/** The rules of finding entries by name, and of deleting them. */
export const nameCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/entry-renamed",
    rule: "an entry that is put under another name is no longer found by its old one",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const older = await provider.putEntry(kit.entry("old", "a"));
        const first = await provider.putEntry(kit.entry("old", "b"));
        const second = await provider.putEntry({ ...kit.entry("old", "b"), name: "new" });
        sameValue(await provider.latestEntry("new"), second, "entry by its new name");
        const left = first.id === second.id ? [older] : [older, first];
        sameValue(await provider.latestEntry("old"), left.at(-1), "entry by its old name");
        sameValue(await collect(provider.listEntries({ name: "old" })), left, "listing of the old name");
      }),
  },
  {
    id: "index/entry-latest",
    rule: "of several entries of a name the one that was put last is found, also when it was there before",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        for (const shard of ["b", "a", "c", "a", "b"]) {
          await provider.putEntry(kit.entry("d", shard));
          await provider.putEntry(kit.entry("other", shard));
          same(urlOf(await provider.latestEntry("d")), urlOf(kit.entry("d", shard)), "latest entry");
        }
      }),
  },
  {
    id: "index/entry-deleted",
    rule: "delete tells whether the entry was there; after it the one that was put before is the latest",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const ids: string[] = [];
        for (const shard of [1, 2, 3]) ids.push((await provider.putEntry(kit.entry("d", shard))).id);
        const [, second = "", third = ""] = ids;
        same(await provider.deleteEntry(third), true, "delete");
        same(await provider.deleteEntry(third), false, "delete again");
        same(await provider.getEntry(third), undefined, "entry by id");
        same((await provider.latestEntry("d"))?.id, second, "latest entry");
        await provider.deleteEntry(second);
        sameValue(await listedUrls(provider.listEntries({ name: "d" })), [urlOf(kit.entry("d", 1))], "listing");
        await provider.putEntry(kit.entry("d", 3));
        same(urlOf(await provider.latestEntry("d")), urlOf(kit.entry("d", 3)), "entry that was put again");
      }),
  },
  {
    id: "index/entry-delete-alone",
    rule: "deleting an entry leaves its label, its schema and the other entries",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        await provider.createSchema(kit.schema("Digit", "1.0.0"));
        const [one, two] = [await provider.putEntry(kit.entry("d", 1)), await provider.putEntry(kit.entry("d", 2))];
        await provider.putLabel({ name: "d", version: "1.0.0", id: two.id });
        await provider.deleteEntry(two.id);
        same((await provider.getLabel("d", "1.0.0"))?.id, two.id, "label");
        ensure((await provider.getSchema("Digit", "1.0.0")) !== undefined, "the schema is gone");
        sameValue(await collect(provider.listEntries()), [one], "listing");
      }),
  },
  {
    id: "index/entry-names",
    rule: "names are taken as they are: blanks, patterns, separators, quotes, case and any alphabet",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        for (const name of kit.names) await provider.putEntry(kit.entry(name));
        for (const name of kit.names) {
          same((await provider.latestEntry(name))?.name, name, "entry by name");
          sameValue(
            (await collect(provider.listEntries({ name }))).map((one) => one.name),
            [name],
            "listing",
          );
        }
        sameValue(
          (await collect(provider.listEntries())).map((one) => one.name),
          kit.names,
          "listing of all",
        );
      }),
  },
];

import type { IndexProvider, NewEntry } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, ensure, same } from "./expect.ts";
import {
  type IndexKit,
  listedUrls,
  type MakeIndexProvider,
  needsReopen,
  urlOf,
  withIndex,
} from "./index-provider-fixture.ts";
import { listings, putOneOfEach, state } from "./index-provider-listing-cases.ts";
import { sameValue, valueText } from "./value-text.ts";

/** An entry of one id whose name and metadata belong together. */
function whole(kit: IndexKit, version: number): NewEntry {
  return {
    ...kit.entry("d"),
    name: `d${version % 3}`,
    metadata: { all: Array.from({ length: 50 }, () => version % 3) },
  };
}

function ensureWhole({ name, metadata }: NewEntry): void {
  const all = metadata?.all;
  const same = Array.isArray(all) && all.length === 50 && all.every((one) => `d${one}` === name);
  ensure(same, `an entry is torn: ${name} with ${valueText(metadata)}`);
}

/** The rules of calls at the same time, and of what is opened again. */
export const concurrencyCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/writes-at-once",
    rule: "of entries, schemas, lenses and labels that are put at the same time none is lost",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const { id } = await provider.putEntry(kit.entry("target"));
        const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
        await Promise.all(
          names.flatMap((name): Promise<unknown>[] => [
            provider.putEntry(kit.entry(name)),
            provider.createSchema(kit.schema(name, "1.0.0")),
            provider.createLens(kit.lens(name, "1.0.0")),
            provider.putLabel({ name, version: "1.0.0", id }),
          ]),
        );
        for (const name of names) {
          same((await provider.latestEntry(name))?.name, name, "entry");
          same((await provider.getSchema(name, "1.0.0"))?.name, name, "schema");
          same((await provider.getLens(name, "1.0.0"))?.name, name, "lens");
          same((await provider.getLabel(name, "1.0.0"))?.id, id, "label");
        }
        const counts = await Promise.all(
          Object.values(listings(provider)).map(async (all) => (await collect(all)).length),
        );
        sameValue(counts, [41, 40, 40, 40], "numbers of entries, schemas, lenses and labels");
      }),
  },
  {
    id: "index/whole-or-not",
    rule: "an entry that is put again while others read is read whole, as it was or as it is",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const { id } = await provider.putEntry(whole(kit, 0));
        await Promise.all([
          ...Array.from({ length: 30 }, (_, i) => provider.putEntry(whole(kit, i))),
          ...Array.from({ length: 30 }, async () => {
            const held = await provider.getEntry(id);
            ensure(held !== undefined, "an entry that is put again was not there for a moment");
            ensureWhole(held);
          }),
        ]);
        for await (const held of provider.listEntries()) ensureWhole(held);
        const last = (await collect(provider.listEntries())).at(-1);
        sameValue(await provider.latestEntry(last?.name ?? ""), last, "latest entry of the last one's name");
      }),
  },
  {
    id: "index/seen-by-another",
    rule: "a write is there for another opener as soon as its promise has settled",
    needs: [needsReopen],
    run: (make) =>
      withIndex(make, async (one, kit) => {
        const other = await kit.reopen();
        same((await collect(other.listEntries())).length, 0, "number of entries at first");
        const id = await putOneOfEach(one, kit);
        same(await state(other), await state(one), "all there is");
        await other.putEntry(kit.entry("Digit", "second"));
        same(urlOf(await one.latestEntry("Digit")), urlOf(kit.entry("Digit", "second")), "latest entry");
        same(await one.deleteEntry(id), true, "delete");
        same(await other.getEntry(id), undefined, "entry that another deleted");
      }),
  },
  {
    id: "index/one-winner-among-openers",
    rule: "of racers in several openers one creates a schema or lens, and one moves a label",
    needs: [needsReopen],
    run: (make) =>
      withIndex(make, async (one, kit) => {
        const providers = [one, await kit.reopen(), await kit.reopen(), await kit.reopen()];
        const ids = await Promise.all(providers.map(async (each, i) => (await each.putEntry(kit.entry("d", i))).id));
        for (let round = 0; round < 5; round++) {
          const key = { name: "Digit", version: `1.0.${round}` };
          const created = await Promise.all(
            providers.flatMap((each, i) => [
              each.createSchema(kit.schema(key.name, key.version, `${i}`)),
              each.createLens(kit.lens(key.name, key.version, `${i}`)),
            ]),
          );
          for (const kind of [0, 1]) {
            const results = created.filter((_, i) => i % 2 === kind);
            same(results.filter((result) => result.created).length, 1, "number of winners");
            same(new Set(results.map(({ held }) => valueText(held))).size, 1, "number of things held");
          }
          const put = (each: IndexProvider, i: number): Promise<boolean> =>
            each.putLabel({ ...key, id: ids[i] ?? "" }, { expect: null });
          const won = await Promise.all(providers.map(put));
          same(won.filter(Boolean).length, 1, "number of labels put");
          same((await one.getLabel(key.name, key.version))?.id, ids[won.indexOf(true)], "label");
        }
      }),
  },
  {
    id: "index/persistent",
    rule: "what is opened again holds everything, in the same order",
    needs: [needsReopen],
    run: (make) =>
      withIndex(make, async (first, kit) => {
        const id = await putOneOfEach(first, kit);
        for (const shard of ["c", "a", "b"]) {
          await first.putEntry(kit.entry("d", shard, { metadata: { shard, bytes: Uint8Array.of(1) } }));
          await first.putLabel({ name: "d", version: shard, id });
        }
        await first.putEntry(kit.entry("d", "c"));
        const before = await state(first);
        await first[Symbol.asyncDispose]?.();
        await first[Symbol.asyncDispose]?.();
        const again = await kit.reopen();
        same(await state(again), before, "all there is");
        same(urlOf(await again.latestEntry("d")), urlOf(kit.entry("d", "c")), "latest entry");
        same((await again.latestLabel("d"))?.version, "b", "latest label");
        await again.putEntry(kit.entry("d", "a"));
        await again.putLabel({ name: "d", version: "c", id });
        same(
          (await listedUrls(again.listEntries({ name: "d" }))).at(-1),
          urlOf(kit.entry("d", "a")),
          "last of the listing",
        );
        same((await again.latestLabel("d"))?.version, "c", "latest label");
      }),
  },
];

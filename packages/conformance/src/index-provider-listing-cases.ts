import type { CallOptions, IndexProvider } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, ensure, rejectsWithReason, same } from "./expect.ts";
import { type IndexKit, listedUrls, type MakeIndexProvider, urlOf, withIndex } from "./index-provider-fixture.ts";
import { sameValue, valueText } from "./value-text.ts";

/** More than fit on one page of most backends. */
const MANY = 250;

async function fill(provider: IndexProvider, kit: IndexKit, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => provider.putEntry(kit.entry("d", i))));
}

/** Puts one of each kind, of the name `Digit`. */
export async function putOneOfEach(provider: IndexProvider, kit: IndexKit): Promise<string> {
  const { id } = await provider.putEntry(kit.entry("Digit"));
  await provider.createSchema(kit.schema("Digit", "1.0.0"));
  await provider.createLens(kit.lens("Digit", "1.0.0"));
  await provider.putLabel({ name: "Digit", version: "1.0.0", id });
  return id;
}

/** The four listings, by name. */
export function listings(provider: IndexProvider, options?: CallOptions): Record<string, AsyncIterable<unknown>> {
  return {
    listEntries: provider.listEntries(options),
    listSchemas: provider.listSchemas(options),
    listLenses: provider.listLenses(options),
    listLabels: provider.listLabels(options),
  };
}

/** Gives all that an index lists, as a text. */
export async function state(provider: IndexProvider): Promise<string> {
  return valueText(await Promise.all(Object.values(listings(provider)).map(collect)));
}

/** The rules of listings. */
export const listingCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/list-empty",
    rule: "an index without anything lists nothing",
    run: (make) =>
      withIndex(make, async (provider) => {
        for (const [name, listing] of Object.entries(listings(provider)))
          same((await collect(listing)).length, 0, name);
      }),
  },
  {
    id: "index/list-order",
    rule: "entries are listed in the order of putting, and what is put again comes last",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const order = ["c", "a", "z", "b", "A", "0"];
        for (const name of order) await provider.putEntry(kit.entry(name));
        const names = async (): Promise<string[]> => (await collect(provider.listEntries())).map(({ name }) => name);
        sameValue(await names(), order, "listing");
        const { id } = await provider.putEntry(kit.entry("a"));
        same((await provider.latestEntry("a"))?.id, id, "entry that was put again");
        same((await names()).at(-1), "a", "last of the listing");
      }),
  },
  {
    id: "index/list-all",
    rule: "a long listing has each entry once",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        await fill(provider, kit, MANY);
        for (const options of [undefined, { name: "d" }]) {
          const urls = await listedUrls(provider.listEntries(options));
          same(urls.length, MANY, "number of entries");
          same(new Set(urls).size, MANY, "number of different entries");
        }
      }),
  },
  {
    id: "index/list-name",
    rule: "a listing narrowed to a name has what is of exactly this name",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        for (const shard of [2, 1])
          for (const name of ["d", "dd", "D"]) await provider.putEntry(kit.entry(name, shard));
        const want = [urlOf(kit.entry("d", 2)), urlOf(kit.entry("d", 1))];
        sameValue(await listedUrls(provider.listEntries({ name: "d" })), want, "listing");
        sameValue(await listedUrls(provider.listEntries({ name: "none" })), [], "listing of a name that is not there");
      }),
  },
  {
    id: "index/list-left",
    rule: "a listing may be left early, or never begun, and whatever comes after works",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        await putOneOfEach(provider, kit);
        await fill(provider, kit, 20);
        for (let round = 0; round < 30; round++) {
          for (const listing of Object.values(listings(provider))) for await (const _ of listing) break;
          provider.listEntries();
        }
        const { id } = await provider.putEntry(kit.entry("after"));
        same(await provider.deleteEntry(id), true, "delete");
        same((await collect(provider.listEntries())).length, 21, "number of entries");
      }),
  },
  {
    id: "index/list-changes",
    rule: "what is put or deleted while a listing is read neither breaks it nor hides or repeats the rest",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        await fill(provider, kit, MANY);
        const before = await collect(provider.listEntries());
        const stay = before.filter((_, i) => i % 5 !== 4).map(({ id }) => id);
        const gone = before.filter((_, i) => i % 5 === 4).map(({ id }) => id);
        const seen: string[] = [];
        for await (const { id } of provider.listEntries({ name: "d" })) {
          const next = gone.pop();
          if (next !== undefined) {
            await provider.deleteEntry(next);
            await provider.putEntry(kit.entry("d", `new ${gone.length}`));
          }
          seen.push(id);
          ensure(seen.length <= 2 * MANY, "a listing has no end");
        }
        same(new Set(seen).size, seen.length, "number of different entries");
        same(stay.filter((id) => !seen.includes(id)).length, 0, "number of entries that were hidden");
      }),
  },
  {
    id: "index/list-side-by-side",
    rule: "listings are read side by side, each in its own pace",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        await fill(provider, kit, 30);
        const want = await listedUrls(provider.listEntries());
        const slow: string[] = [];
        for await (const one of provider.listEntries()) {
          slow.push(urlOf(one) ?? "");
          if (slow.length % 10 === 0) sameValue(await listedUrls(provider.listEntries()), want, "inner listing");
        }
        sameValue(slow, want, "outer listing");
      }),
  },
  {
    id: "index/list-signal",
    rule: "a signal that is aborted under way ends a listing with its reason",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        await fill(provider, kit, 3);
        const reason = new Error("aborted by the kit");
        const controller = new AbortController();
        const read = async (): Promise<void> => {
          for await (const _ of provider.listEntries({ signal: controller.signal })) controller.abort(reason);
        };
        await rejectsWithReason(read(), reason, "listEntries");
      }),
  },
];

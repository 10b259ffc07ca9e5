import type { ConformanceCase } from "./case.ts";
import { rejectsWithCode, rejectsWithReason, same } from "./expect.ts";
import { ALL_DATASETS, found, type MakeSearchBackend, pages, putDatasets, withSearch } from "./search-fixture.ts";
import { queryCases } from "./search-query-cases.ts";
import { sameValue } from "./value-text.ts";

const pageCases: readonly ConformanceCase<MakeSearchBackend>[] = [
  {
    id: "search/isolated",
    rule: "what one factory call made is not seen by another",
    run: (make) =>
      withSearch(make, async (one, provider, kit) => {
        await putDatasets(provider, kit);
        await withSearch(make, async (other) => sameValue(await found(other, {}), [], "other"));
        sameValue(await found(one, {}), ALL_DATASETS, "one");
      }),
  },
  {
    id: "search/entries",
    rule: "a query that asks for nothing gives every entry, as the index holds it",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        await putDatasets(provider, kit);
        await provider.putEntry(kit.entry("mnist", "second"));
        const all = (await pages(search, {})).flat();
        same(all.length, 5, "number of entries");
        for (const each of all) sameValue(each, await provider.getEntry(each.id), each.name);
      }),
  },
  {
    id: "search/schema-ref",
    rule: "a schema is asked for by its ref",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        await putDatasets(provider, kit);
        const schema = (await provider.getSchema("Digit", "1.0.0"))?.ref;
        sameValue(await found(search, { schema }), ["mnist", "plain"], `datasets of ${schema}`);
      }),
  },
  {
    id: "search/changes",
    rule: "what was put is found, what was changed is found as it is, and what was deleted is not",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        await provider.putEntry(kit.entry("d", 0, { metadata: { tags: ["old"] } }));
        sameValue(await found(search, { tags: ["old"] }), ["d"], "what was put");
        const old = await provider.latestEntry("d");
        const { id } = await provider.putEntry(kit.entry("d", 0, { metadata: { tags: ["new"] } }));
        if (old !== undefined && old.id !== id) await provider.deleteEntry(old.id);
        sameValue(await found(search, { tags: ["old"] }), [], "what was changed");
        sameValue(await found(search, { tags: ["new"] }), ["d"], "what it was changed to");
        await provider.deleteEntry(id);
        sameValue(await found(search, {}), [], "what was deleted");
      }),
  },
  {
    id: "search/other-metadata",
    rule: "tags and descriptions of another kind than text are no obstacle",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        const odd: Readonly<Record<string, unknown>>[] = [
          { tags: "small", description: 7 },
          { tags: { small: true }, description: null },
          { tags: [1, null, ["small"], "good"], description: ["small"] },
        ];
        for (const [i, metadata] of odd.entries()) await provider.putEntry(kit.entry(`d${i}`, 0, { metadata }));
        sameValue(await found(search, { tags: ["good"] }), ["d2"], "tags");
        sameValue(await found(search, { text: "good" }), ["d2"], "text");
        sameValue(await found(search, {}), ["d0", "d1", "d2"], "all");
      }),
  },
  {
    id: "search/pages",
    rule: "all pages together have each entry once, whatever the limit, and none has more than its limit",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        const names = Array.from({ length: 23 }, (_, i) => `d${String(i).padStart(2, "0")}`);
        for (const name of names)
          await provider.putEntry(kit.entry(name, 0, { metadata: { tags: [`${Number(name.slice(1)) % 2}`] } }));
        for (const limit of [1, 2, 7, 23, 24, 100, undefined]) {
          sameValue(await found(search, { limit }), names, `limit ${limit}`);
          const odd = names.filter((_, i) => i % 2 === 1);
          sameValue(await found(search, { limit, tags: ["1"] }), odd, `limit ${limit} of what matches`);
        }
      }),
  },
  {
    id: "search/pages-while-put",
    rule: "what is put between two pages neither hides nor repeats the rest",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        for (let i = 0; i < 10; i++) await provider.putEntry(kit.entry(`old${i}`));
        const names: string[] = [];
        let put = 0;
        let cursor: string | undefined;
        do {
          const page = await search.search({ limit: 3, cursor });
          names.push(...page.entries.map(({ name }) => name));
          cursor = page.cursor;
          if (put < 10) await provider.putEntry(kit.entry(`new${put++}`));
        } while (cursor !== undefined && names.length < 100);
        same(new Set(names).size, names.length, "number of different entries");
        same(names.filter((name) => name.startsWith("old")).length, 10, "number of entries that were there");
      }),
  },
  {
    id: "search/cursor-invalid",
    rule: "a cursor that was never given is CURSOR_INVALID",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        await putDatasets(provider, kit);
        for (const cursor of ["no cursor of anybody", "{}", "\ud83d\udcbe", ""]) {
          await rejectsWithCode(search.search({ cursor }), "CURSOR_INVALID", `cursor "${cursor}"`);
        }
      }),
  },
  {
    id: "search/signal",
    rule: "an aborted signal ends a search with its reason",
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        await putDatasets(provider, kit);
        const reason = new Error("aborted by the kit");
        await rejectsWithReason(search.search({}, { signal: AbortSignal.abort(reason) }), reason, "search");
      }),
  },
];

/** The rules of a `SearchBackend`. */
export const searchBackendCases: readonly ConformanceCase<MakeSearchBackend>[] = [...queryCases, ...pageCases];

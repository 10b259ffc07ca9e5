import type { ConformanceCase } from "./case.ts";
import { collect, ensure, same } from "./expect.ts";
import { type MakeIndexProvider, needsAnyUrls, withIndex } from "./index-provider-fixture.ts";
import { sameValue } from "./value-text.ts";

const METADATA: Readonly<Record<string, unknown>> = {
  tags: ["small", "gr\u00fc\u00dfe \ud83d\udcbe", ""],
  nested: { list: [1, [2, { deep: [] }], {}], 'a key.with: "signs"': null, "": true },
  integers: [0, -1, 255, 65_536, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1],
  floats: [0.5, -0.1, 1e300, 5e-324],
  flags: [true, false, null],
  bytes: { some: Uint8Array.of(0, 1, 254, 255), none: new Uint8Array() },
  length: 3,
  text: "x".repeat(5000),
};

/** The rules of one entry. */
export const entryCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/isolated",
    rule: "what one factory call made is not seen by another",
    run: (make) =>
      withIndex(make, async (one, kit) => {
        const { id } = await one.putEntry(kit.entry("d"));
        await withIndex(make, async (other) => {
          same(await other.getEntry(id), undefined, "entry of the other");
          same((await collect(other.listEntries())).length, 0, "number of entries");
        });
      }),
  },
  {
    id: "index/entry-round-trip",
    rule: "an entry is found by its id as it was put, and put gives it as it is held",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const given = kit.entry("digits", 0, { metadata: { tags: ["small"] } });
        const held = await provider.putEntry(given);
        const { id, createdAt, ...rest } = held;
        ensure(typeof id === "string" && id !== "", "an entry has no id");
        sameValue(rest, given, "entry");
        sameValue(await provider.getEntry(id), held, "entry by id");
        sameValue(await provider.latestEntry("digits"), held, "entry by name");
        sameValue(await collect(provider.listEntries()), [held], "listing");
      }),
  },
  {
    id: "index/entry-created-at",
    rule: "the time of putting, where it is told, is ISO 8601 in UTC",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const { id, createdAt } = await provider.putEntry(kit.entry("d"));
        await provider.putLabel({ name: "d", version: "", id });
        const label = await provider.getLabel("d", "");
        for (const time of [createdAt, label?.createdAt]) {
          const fits = time === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/.test(time);
          ensure(fits && !Number.isNaN(Date.parse(time ?? "2026-01-01")), `createdAt is ${time}`);
        }
      }),
  },
  {
    id: "index/entry-missing",
    rule: "what is not there is undefined, and nothing to delete, also where something else is",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const { id } = await provider.putEntry(kit.entry("digits"));
        for (const wrong of ["none", "*", "' OR 1=1 --", "at://example.com/x/y", "digits", `${id}x`, id.slice(0, -1)]) {
          same(await provider.getEntry(wrong), undefined, `entry of id ${wrong}`);
          same(await provider.deleteEntry(wrong), false, `delete of id ${wrong}`);
        }
        for (const name of ["none", "*", "digit", "digits2", "DIGITS", id]) {
          same(await provider.latestEntry(name), undefined, `entry of name ${name}`);
        }
        same((await collect(provider.listEntries())).length, 1, "number of entries");
      }),
  },
  {
    id: "index/entry-metadata",
    rule: "metadata keeps maps, lists, texts, null, bytes, floats and safe integers",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const { id } = await provider.putEntry(kit.entry("d", 0, { metadata: METADATA }));
        sameValue((await provider.getEntry(id))?.metadata, METADATA, "metadata");
      }),
  },
  {
    id: "index/entry-no-metadata",
    rule: "no metadata and an empty map are two things",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const none = await provider.putEntry(kit.entry("none"));
        const empty = await provider.putEntry(kit.entry("empty", 0, { metadata: {} }));
        same((await provider.getEntry(none.id))?.metadata, undefined, "no metadata");
        sameValue((await provider.getEntry(empty.id))?.metadata, {}, "empty metadata");
      }),
  },
  {
    id: "index/entry-urls",
    rule: "urls keep their order, and repeated ones are kept",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const urls = Array.from(
          { length: 500 },
          (_, i) => `https://example.com/%7Eme/d-${(i * 7) % 10}.tar?x=1&y=%20#z`,
        );
        for (const dataUrls of [urls, urls.slice(0, 2).reverse()]) {
          const { id } = await provider.putEntry({ ...kit.entry("d"), dataUrls });
          sameValue((await provider.getEntry(id))?.dataUrls, dataUrls, "urls");
        }
      }),
  },
  {
    id: "index/entry-private-urls",
    rule: "paths, and urls that not everybody can open, are kept as they are",
    needs: [needsAnyUrls],
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        for (const url of ["/data/a b {0..9}/\u00fc/d-0.tar", "C:\\data\\d.tar", "s3://bucket/key?x=1&y=%20#z"]) {
          const { id } = await provider.putEntry({ ...kit.entry("d"), dataUrls: [url] });
          sameValue((await provider.getEntry(id))?.dataUrls, [url], "urls");
        }
      }),
  },
  {
    id: "index/entry-ids",
    rule: "entries of other urls, or of another schema, have other ids",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const [one, two] = [kit.entry("d", 1), kit.entry("d", 2)];
        const both = [...one.dataUrls, ...two.dataUrls];
        const schemaRef = kit.schemaRef("Digit", "1.0.1");
        const record = "at://did:plc:abc/science.alt.dataset.schema/3k";
        const all = [
          one,
          two,
          { ...one, dataUrls: both },
          { ...one, dataUrls: [...both].reverse() },
          { ...one, schemaRef },
          { ...one, schemaRef: record },
        ];
        const ids: string[] = [];
        for (const each of all) ids.push((await provider.putEntry(each)).id);
        same(new Set(ids).size, all.length, "number of ids");
        for (const [i, id] of ids.entries()) {
          const { dataUrls, schemaRef } = (await provider.getEntry(id)) ?? kit.entry("none");
          sameValue([dataUrls, schemaRef], [all[i]?.dataUrls, all[i]?.schemaRef], `entry ${i}`);
        }
      }),
  },
  {
    id: "index/entry-replaced",
    rule: "an entry that is put under an id that is there takes its place, metadata and all",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const first = await provider.putEntry(kit.entry("d", 0, { metadata: { tags: ["old"], more: 1 } }));
        const second = await provider.putEntry(kit.entry("d", 0, { metadata: { tags: ["new"] } }));
        const third = await provider.putEntry(kit.entry("d"));
        sameValue(await provider.getEntry(third.id), third, "entry");
        same(third.metadata, undefined, "metadata");
        const listed = (await collect(provider.listEntries())).map(({ id }) => id);
        same(listed.length, new Set([first.id, second.id, third.id]).size, "number of entries");
      }),
  },
];

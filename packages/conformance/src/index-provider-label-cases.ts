import type { IndexProvider, Label, NewLabel } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, same } from "./expect.ts";
import { type IndexKit, type MakeIndexProvider, withIndex } from "./index-provider-fixture.ts";
import { sameValue } from "./value-text.ts";

/** Runs `use` with a provider that holds three entries. */
function withEntries(
  make: MakeIndexProvider,
  use: (provider: IndexProvider, ids: readonly [string, string, string], kit: IndexKit) => Promise<void>,
): Promise<void> {
  return withIndex(make, async (provider, kit) => {
    const id = async (shard: number): Promise<string> => (await provider.putEntry(kit.entry("d", shard))).id;
    await use(provider, [await id(1), await id(2), await id(3)], kit);
  });
}

function withoutTime(label: Label | undefined): NewLabel | undefined {
  if (label === undefined) return undefined;
  const { createdAt, ...rest } = label;
  return rest;
}

async function listed(labels: AsyncIterable<Label>): Promise<string[]> {
  return (await collect(labels)).map(({ name, version }) => `${name}@${version}`);
}

/** The rules of labels. */
export const labelCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/label-round-trip",
    rule: "a label is found by its name and version as it was put",
    run: (make) =>
      withEntries(make, async (provider, [id]) => {
        const plain = { name: "plain", version: "1.0.0", id };
        const described = { name: "d", version: "2.0.0", id, description: "gr\u00fc\u00dfe\n\ud83d\udcbe" };
        for (const given of [plain, described]) {
          same(await provider.putLabel(given), true, "put");
          const found = await provider.getLabel(given.name, given.version);
          sameValue(withoutTime(found), given, "label");
          sameValue(await provider.latestLabel(given.name), found, "latest label");
          sameValue(await collect(provider.listLabels({ name: given.name })), [found], "listing");
        }
      }),
  },
  {
    id: "index/label-moved",
    rule: "a label that is put again stands for the new entry, and keeps nothing of the old one",
    run: (make) =>
      withEntries(make, async (provider, [one, two]) => {
        await provider.putLabel({ name: "d", version: "1.0.0", id: one, description: "old" });
        same(await provider.putLabel({ name: "d", version: "1.0.0", id: two }), true, "put");
        const moved = await provider.getLabel("d", "1.0.0");
        sameValue(withoutTime(moved), { name: "d", version: "1.0.0", id: two }, "label");
        sameValue(await collect(provider.listLabels()), [moved], "listing");
        sameValue(await listed(provider.listLabels({ id: one })), [], "labels of the old entry");
        sameValue(await listed(provider.listLabels({ id: two })), ["d@1.0.0"], "labels of the new entry");
      }),
  },
  {
    id: "index/label-expect",
    rule: "a label moves only if it stands for what is expected; otherwise nothing changes",
    run: (make) =>
      withEntries(make, async (provider, [one, two, three]) => {
        const put = (id: string, expect: string | null): Promise<boolean> =>
          provider.putLabel({ name: "d", version: "", id }, { expect });
        same(await put(one, two), false, "put that expects an entry where there is no label");
        same(await provider.getLabel("d", ""), undefined, "label");
        same(await put(one, null), true, "put that expects none");
        same(await put(two, null), false, "put that expects none where there is one");
        same((await provider.getLabel("d", ""))?.id, one, "label");
        same(await put(three, two), false, "put that expects another entry");
        same((await provider.getLabel("d", ""))?.id, one, "label");
        same(await put(two, one), true, "put that expects what is there");
        same((await provider.getLabel("d", ""))?.id, two, "label");
        same(await provider.putLabel({ name: "d", version: "", id: three }), true, "put that expects nothing");
      }),
  },
  {
    id: "index/label-expect-other-version",
    rule: "what is expected is asked of exactly this version, and a refused put does not make it the latest",
    run: (make) =>
      withEntries(make, async (provider, [one, two]) => {
        await provider.putLabel({ name: "d", version: "1.0.0", id: one });
        same(await provider.putLabel({ name: "d", version: "", id: two }, { expect: null }), true, "other version");
        same(await provider.putLabel({ name: "d", version: "1.0.0", id: two }, { expect: two }), false, "refused put");
        same((await provider.latestLabel("d"))?.version, "", "latest version");
      }),
  },
  {
    id: "index/label-one-winner",
    rule: "of many that expect the same at the same time one wins",
    run: (make) =>
      withEntries(make, async (provider, ids) => {
        for (let expect: string | null = null, round = 0; round < 3; round++) {
          const others = ids.filter((id) => id !== expect);
          const racers = Array.from({ length: 8 }, (_, i) => others[i % others.length] ?? "");
          const put = (id: string): Promise<boolean> =>
            provider.putLabel({ name: "d", version: "1.0.0", id }, { expect });
          const won: boolean[] = await Promise.all(racers.map(put));
          same(won.filter(Boolean).length, 1, "number of winners");
          const held: string | undefined = (await provider.getLabel("d", "1.0.0"))?.id;
          same(held, racers[won.indexOf(true)], "label");
          expect = held ?? null;
        }
      }),
  },
  {
    id: "index/label-unversioned",
    rule: "an empty version is the label without one, and no pattern for others",
    run: (make) =>
      withEntries(make, async (provider, [one, two]) => {
        await provider.putLabel({ name: "d", version: "1.0.0", id: one });
        same(await provider.getLabel("d", ""), undefined, "label without a version");
        await provider.putLabel({ name: "d", version: "", id: two });
        same((await provider.getLabel("d", ""))?.id, two, "label without a version");
        same((await provider.getLabel("d", "1.0.0"))?.id, one, "label with a version");
        same(await provider.deleteLabel("d", ""), true, "delete");
        sameValue(await listed(provider.listLabels({ name: "d" })), ["d@1.0.0"], "listing");
      }),
  },
  {
    id: "index/label-latest",
    rule: "the latest label is the one that was put last, whatever its version, also when it was there before",
    run: (make) =>
      withEntries(make, async (provider, [one, two]) => {
        for (const version of ["2.0.0", "1.0.0", "", "10.0.0", "1.0.0"]) {
          await provider.putLabel({ name: "d", version, id: one });
          await provider.putLabel({ name: "other", version: "9.0.0", id: two });
          same((await provider.latestLabel("d"))?.version, version, "latest version");
        }
        same(await provider.latestLabel("non"), undefined, "latest label of a name that has none");
        sameValue(
          await listed(provider.listLabels({ name: "d" })),
          ["d@2.0.0", "d@", "d@10.0.0", "d@1.0.0"],
          "listing",
        );
      }),
  },
  {
    id: "index/label-deleted",
    rule: "delete tells whether the label was there; after it the one that was put before is the latest",
    run: (make) =>
      withEntries(make, async (provider, [one, two]) => {
        await provider.putLabel({ name: "d", version: "2.0.0", id: one });
        await provider.putLabel({ name: "d", version: "1.0.0", id: two });
        for (const version of ["3.0.0", "", "1.0"])
          same(await provider.deleteLabel("d", version), false, "delete of none");
        same(await provider.deleteLabel("d", "1.0.0"), true, "delete");
        same(await provider.deleteLabel("d", "1.0.0"), false, "delete again");
        same(await provider.getLabel("d", "1.0.0"), undefined, "label");
        same((await provider.latestLabel("d"))?.version, "2.0.0", "latest version");
        sameValue(await listed(provider.listLabels({ id: two })), [], "labels of the entry");
        same((await provider.getEntry(two))?.id, two, "entry");
      }),
  },
  {
    id: "index/label-list",
    rule: "labels are listed in the order of putting, by name, by entry, and by both",
    run: (make) =>
      withEntries(make, async (provider, [one, two]) => {
        const order = [
          ["b", "2.0.0", one],
          ["a", "1.0.0", two],
          ["b", "", two],
          ["bb", "1.0.0", one],
        ] as const;
        for (const [name, version, id] of order) await provider.putLabel({ name, version, id });
        sameValue(await listed(provider.listLabels()), ["b@2.0.0", "a@1.0.0", "b@", "bb@1.0.0"], "listing");
        sameValue(await listed(provider.listLabels({ name: "b" })), ["b@2.0.0", "b@"], "listing of b");
        sameValue(await listed(provider.listLabels({ id: two })), ["a@1.0.0", "b@"], "listing of an entry");
        sameValue(await listed(provider.listLabels({ name: "b", id: two })), ["b@"], "listing of b and an entry");
        sameValue(await listed(provider.listLabels({ name: "*" })), [], "listing of *");
      }),
  },
  {
    id: "index/label-names",
    rule: "names of labels are taken as they are",
    run: (make) =>
      withEntries(make, async (provider, [one, two], { names }) => {
        for (const name of names) await provider.putLabel({ name, version: "", id: one });
        await provider.putLabel({ name: "a", version: "1.0.0", id: two });
        for (const name of names) {
          same((await provider.getLabel(name, ""))?.name, name, "label");
          same((await provider.latestLabel(name))?.name, name, "latest label");
        }
        sameValue(await listed(provider.listLabels({ name: "a" })), ["a@", "a@1.0.0"], "listing");
        same((await provider.latestLabel("a@1.0.0"))?.id, one, "label whose name looks like name and version");
      }),
  },
];

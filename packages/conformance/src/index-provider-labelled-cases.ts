import type { IndexEntry, IndexProvider, NewEntry, NewLabel, PutLabelOptions } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, ensure, same } from "./expect.ts";
import { type MakeIndexProvider, needsPutLabelled, withIndex } from "./index-provider-fixture.ts";
import { state } from "./index-provider-listing-cases.ts";
import { sameValue } from "./value-text.ts";

const needs = [needsPutLabelled];

async function putLabelled(
  provider: IndexProvider,
  entry: NewEntry,
  label: Omit<NewLabel, "id">,
  options?: PutLabelOptions,
): Promise<IndexEntry | undefined> {
  ensure(provider.putLabelled !== undefined, "putLabelled is not there each time");
  return provider.putLabelled(entry, label, options);
}

/** The rules of putting an entry with its label. */
export const labelledCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/labelled-round-trip",
    rule: "an entry that is put with a label is held as any other, and the label stands for it",
    needs,
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const given = kit.entry("d", 1, { metadata: { tags: ["small"] } });
        const label = { name: "other", version: "1.0.0", description: "first" };
        const held = await putLabelled(provider, given, label, { expect: null });
        ensure(held !== undefined, "nothing was put");
        sameValue([held.name, held.schemaRef, held.dataUrls, held.metadata], Object.values(given), "entry");
        sameValue(await provider.getEntry(held.id), held, "entry by id");
        const { createdAt, ...rest } = (await provider.getLabel("other", "1.0.0")) ?? {};
        sameValue(rest, { ...label, id: held.id }, "label");
        const moved = await putLabelled(provider, kit.entry("d", 2), { name: "other", version: "1.0.0" });
        same((await provider.getLabel("other", "1.0.0"))?.id, moved?.id, "label that is moved");
        same((await collect(provider.listLabels())).length, 1, "number of labels");
      }),
  },
  {
    id: "index/labelled-expect",
    rule: "where the label does not stand for what is expected, neither entry nor label is put",
    needs,
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const label = { name: "d", version: "" };
        const { id } = (await putLabelled(provider, kit.entry("d", 1), label)) ?? { id: "" };
        const other = await provider.putEntry(kit.entry("d", 2, { metadata: { more: 1 } }));
        const before = await state(provider);
        for (const [shard, expect] of [
          [3, null],
          [3, other.id],
          [2, null],
          [1, other.id],
        ] as const) {
          same(await putLabelled(provider, kit.entry("d", shard), label, { expect }), undefined, "refused put");
          same(await state(provider), before, "all there is");
        }
        const put = await putLabelled(provider, kit.entry("d", 3), label, { expect: id });
        same((await provider.getLabel("d", ""))?.id, put?.id, "label");
      }),
  },
  {
    id: "index/labelled-one-winner",
    rule: "of many that put entries under one free name at the same time one wins, and the others leave nothing",
    needs,
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const racers = Array.from({ length: 8 }, (_, i) => kit.entry("d", i));
        const label = { name: "d", version: "1.0.0" };
        const put = racers.map((racer) => putLabelled(provider, racer, label, { expect: null }));
        const won = (await Promise.all(put)).filter((held) => held !== undefined);
        same(won.length, 1, "number of winners");
        sameValue(await collect(provider.listEntries()), won, "listing");
        same((await provider.getLabel("d", "1.0.0"))?.id, won[0]?.id, "label");
      }),
  },
];

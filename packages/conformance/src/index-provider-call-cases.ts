import type { ConformanceCase } from "./case.ts";
import { collect, rejectsWithReason, same } from "./expect.ts";
import { type MakeIndexProvider, withIndex } from "./index-provider-fixture.ts";
import { listings, putOneOfEach, state } from "./index-provider-listing-cases.ts";
import { sameValue } from "./value-text.ts";

/** The rules of what every call does with signals and with the memory it is given. */
export const callCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/signal-reads",
    rule: "an aborted signal ends each call that reads with its reason",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const id = await putOneOfEach(provider, kit);
        const reason = new Error("aborted by the kit");
        const options = { signal: AbortSignal.abort(reason) };
        const calls: Record<string, () => Promise<unknown>> = {
          getEntry: () => provider.getEntry(id, options),
          latestEntry: () => provider.latestEntry("Digit", options),
          getSchema: () => provider.getSchema("Digit", "1.0.0", options),
          getLens: () => provider.getLens("Digit", "1.0.0", options),
          getLabel: () => provider.getLabel("Digit", "1.0.0", options),
          latestLabel: () => provider.latestLabel("Digit", options),
        };
        for (const [name, call] of Object.entries(calls)) await rejectsWithReason(call(), reason, name);
        for (const [name, listing] of Object.entries(listings(provider, options))) {
          await rejectsWithReason(collect(listing), reason, name);
        }
      }),
  },
  {
    id: "index/signal-writes",
    rule: "an aborted signal ends each call that writes with its reason, and nothing is done",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const id = await putOneOfEach(provider, kit);
        const before = await state(provider);
        const reason = new Error("aborted by the kit");
        const options = { signal: AbortSignal.abort(reason) };
        const calls: Record<string, () => Promise<unknown>> = {
          putEntry: () => provider.putEntry(kit.entry("other"), options),
          deleteEntry: () => provider.deleteEntry(id, options),
          createSchema: () => provider.createSchema(kit.schema("Other", "1.0.0"), options),
          createLens: () => provider.createLens(kit.lens("Other", "1.0.0"), options),
          putLabel: () => provider.putLabel({ name: "other", version: "", id }, options),
          deleteLabel: () => provider.deleteLabel("Digit", "1.0.0", options),
        };
        const { putLabelled } = provider;
        if (putLabelled !== undefined) {
          calls.putLabelled = () =>
            putLabelled.call(provider, kit.entry("other"), { name: "other", version: "" }, options);
        }
        for (const [name, call] of Object.entries(calls)) {
          await rejectsWithReason(call(), reason, name);
          same(await state(provider), before, `all there is after ${name}`);
        }
      }),
  },
  {
    id: "index/arguments-not-kept",
    rule: "once a call has settled, what it was given may be changed",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const bytes = Uint8Array.of(1, 2, 3);
        const tags = ["small"];
        const dataUrls = ["https://example.com/a.tar"];
        const given = { ...kit.entry("d"), dataUrls, metadata: { bytes, tags } };
        const want = structuredClone(given);
        const { id } = await provider.putEntry(given);
        const documents = [kit.schema("Digit", "1.0.0"), kit.lens("Digit", "1.0.0")] as const;
        const [wantSchema, wantLens] = structuredClone(documents);
        await provider.createSchema(documents[0]);
        await provider.createLens(documents[1]);
        const label = { name: "d", version: "", id };
        await provider.putLabel(label);
        bytes.fill(0);
        for (const list of [tags, dataUrls]) list.pop();
        for (const { json } of documents) spoil(json);
        label.id = "other";
        const held = await provider.getEntry(id);
        sameValue([held?.dataUrls, held?.metadata], [want.dataUrls, want.metadata], "entry");
        sameValue((await provider.getSchema("Digit", "1.0.0"))?.json, wantSchema.json, "schema");
        sameValue((await provider.getLens("Digit", "1.0.0"))?.json, wantLens.json, "lens");
        same((await provider.getLabel("d", ""))?.id, id, "label");
      }),
  },
  {
    id: "index/results-of-ones-own",
    rule: "what a call gives may be changed, and the index does not change with it",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const id = await putOneOfEach(provider, kit);
        const calls: Record<string, () => Promise<unknown>> = {
          putEntry: () =>
            provider.putEntry(kit.entry("Digit", 0, { metadata: { tags: ["a"], bytes: Uint8Array.of(7) } })),
          getEntry: () => provider.getEntry(id),
          latestEntry: () => provider.latestEntry("Digit"),
          createSchema: async () => (await provider.createSchema(kit.schema("Digit", "1.0.0", "again"))).held,
          getSchema: () => provider.getSchema("Digit", "1.0.0"),
          createLens: async () => (await provider.createLens(kit.lens("Digit", "1.0.0", "again"))).held,
          getLens: () => provider.getLens("Digit", "1.0.0"),
          getLabel: () => provider.getLabel("Digit", "1.0.0"),
          latestLabel: () => provider.latestLabel("Digit"),
        };
        for (const [name, listing] of Object.entries(listings(provider))) {
          calls[name] = async () => (await collect(listing))[0];
        }
        await calls.putEntry?.();
        const withoutTimes = (text: string): string => text.replace(/"createdAt":"[^"]*",/g, "");
        const before = withoutTimes(await state(provider));
        for (const [name, call] of Object.entries(calls)) {
          spoil(await call());
          same(withoutTimes(await state(provider)), before, `all there is after what ${name} gave was changed`);
        }
      }),
  },
];

/** Changes whatever can be changed of a value, at every depth. */
function spoil(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0xee);
  else if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const inner of Object.values(value)) spoil(inner);
    Reflect.set(value, Array.isArray(value) ? 0 : "name", "spoilt");
    Reflect.set(value, "json", undefined);
  }
}

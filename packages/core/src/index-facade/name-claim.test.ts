import { describe, expect, it } from "vitest";
import { Digit, digits, failure, listed, memoryRepo } from "../../tests/index-fixture.ts";
import { createIndex, type Index, type IndexProvider, type MemoryStore, memoryFormat, memoryIndex } from "../index.ts";

/** A provider that knows entries by ids of its own, finds them by their content too, and puts an entry and its label in one go. */
function atOnce(): { readonly provider: IndexProvider; readonly calls: string[] } {
  const inner = memoryIndex();
  const calls: string[] = [];
  const outside = (id: string): string => `at://did:plc:me/${id}`;
  const inside = (id: string): string => id.replace("at://did:plc:me/", "");
  const provider: IndexProvider = {
    ...inner,
    async putEntry(entry, options) {
      calls.push("putEntry");
      const held = await inner.putEntry(entry, options);
      return { ...held, id: outside(held.id) };
    },
    async getEntry(id, options) {
      const held = await inner.getEntry(inside(id), options);
      return held && { ...held, id: outside(held.id) };
    },
    async deleteEntry(id, options) {
      calls.push("deleteEntry");
      return inner.deleteEntry(inside(id), options);
    },
    async putLabel(label, options) {
      calls.push("putLabel");
      return inner.putLabel(label, options);
    },
    async deleteLabel(...call) {
      calls.push("deleteLabel");
      return inner.deleteLabel(...call);
    },
    async putLabelled(entry, label, { expect: wanted, signal } = {}) {
      calls.push("putLabelled");
      const there = (await inner.getLabel(label.name, label.version, { signal }))?.id ?? null;
      if (wanted !== undefined && there !== wanted) return undefined;
      const held = await inner.putEntry(entry, { signal });
      await inner.putLabel({ ...label, id: outside(held.id) });
      return { ...held, id: outside(held.id) };
    },
  };
  return { provider, calls };
}

function indexAtOnce(): { index: Index; provider: IndexProvider; store: MemoryStore; calls: string[] } {
  const { store } = memoryRepo();
  const { provider, calls } = atOnce();
  return {
    index: createIndex({ repos: { local: { provider, store } }, formats: [memoryFormat()] }),
    provider,
    store,
    calls,
  };
}

describe("a provider that puts an entry and its label in one go", () => {
  it("is asked once for both", async () => {
    const { index, calls } = indexAtOnce();
    const { id } = await index.write("d@1.0.0", Digit, digits(3), { tags: ["t"] });
    expect(calls).toEqual(["putLabelled"]);
    expect(await index.get("d@1.0.0")).toMatchObject({ id, metadata: { tags: ["t"] } });
    await index.write("d@1.0.0", Digit, digits(4), { overwrite: true });
    expect(await listed(index.list())).toHaveLength(1);
  });

  it("has nothing to take back when the name is taken meanwhile, but for the files", async () => {
    const { index, provider, store, calls } = indexAtOnce();
    const { id } = await index.write("other", Digit, digits(1));
    const files = store.files.size;
    async function* samples() {
      yield* digits(3);
      await provider.putLabel({ name: "d", version: "", id });
      calls.length = 0;
    }
    expect(await failure(index.write("d", Digit, samples()))).toMatchObject({ code: "DATASET_EXISTS" });
    expect(calls).toEqual(["putLabelled"]);
    expect(store.files.size).toBe(files);
    expect(await index.get("d")).toMatchObject({ id });
  });

  it("leaves nothing when its answer is lost, whether it was carried out or not", async () => {
    const { index, provider, store } = indexAtOnce();
    const { putLabelled } = provider;
    for (const carriedOut of [true, false]) {
      provider.putLabelled = async (...call) => {
        if (carriedOut) await putLabelled?.(...call);
        throw new Error("lost");
      };
      expect(await failure(index.write("d", Digit, digits(3)))).toMatchObject({ message: "lost" });
      expect([await listed(index.list()), await listed(index.labels()), store.files.size]).toEqual([[], [], 0]);
    }
  });

  it("may send twice what was carried out", async () => {
    const { index, provider } = indexAtOnce();
    const { putLabelled } = provider;
    provider.putLabelled = async (...call) => {
      await putLabelled?.(...call);
      return putLabelled?.(...call);
    };
    const { id } = await index.write("d", Digit, digits(3));
    expect(await index.get("d")).toMatchObject({ id });
    expect(await (await index.load("d")).count()).toBe(3);
  });
});

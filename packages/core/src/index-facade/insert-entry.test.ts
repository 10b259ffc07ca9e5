import { describe, expect, it } from "vitest";
import { Digit, digits, failure, indexInMemory, listed } from "../../tests/index-fixture.ts";
import { entryDetails, memoryFormat, writeSamples } from "../index.ts";

async function withFiles(count: number) {
  const set = indexInMemory();
  const names = { dataset: "x", single: "x.mem", numbered: (n: number) => `x-${n}.mem` };
  const metadata = { by: "me" };
  const input = { type: Digit, store: set.local.store, format: memoryFormat(), names, metadata, maxSamples: 2 };
  return { ...set, written: await writeSamples(input, digits(count)) };
}

describe("inserting shards that exist", () => {
  it("records all of them, with what their dataset file tells", async () => {
    const { index, written } = await withFiles(5);
    const entry = await index.insert("d@1.0.0", "memory:/x.dataset.json", { tags: ["t"], license: "MIT" });
    expect(entry.dataUrls).toEqual(written.shards.map(({ url }) => url));
    expect(entryDetails(entry)).toEqual({
      ...{ shards: written.shards, tags: ["t"], license: "MIT", samples: 5, bytes: written.bytes },
      ...{ file: "memory:/x.dataset.json", format: "memory", content: { by: "me" } },
    });
    expect(await (await index.load("d", { type: Digit })).head(9)).toEqual(digits(5));
  });

  it("takes a list and braces, and needs a type where none is stored", async () => {
    const { index, local } = await withFiles(5);
    await local.store.delete("x.dataset.json");
    const ref = "memory:/x-{0..2}.mem";
    expect(await failure(index.insert("d", ref))).toMatchObject({ code: "UNSUPPORTED" });
    const entry = await index.insert("d", ref, { type: Digit });
    expect(entry.dataUrls).toEqual(["memory:/x-0.mem", "memory:/x-1.mem", "memory:/x-2.mem"]);
    expect(entryDetails(entry).shards.every(({ bytes }) => bytes !== undefined)).toBe(true);
    const one = await index.insert("e", ["memory:/x-1.mem", "memory:/x-0.mem"], { type: Digit });
    expect(one.dataUrls).toEqual(["memory:/x-1.mem", "memory:/x-0.mem"]);
  });

  it("keeps the entry of shards that have one, under both names", async () => {
    const { index } = await withFiles(3);
    const a = await index.insert("a", "memory:/x.dataset.json", { tags: ["t"], description: "first" });
    const b = await index.insert("b@1.0.0", "memory:/x.dataset.json", { description: "second" });
    expect(b).toMatchObject({ id: a.id, name: "a", metadata: { tags: ["t"], description: "second" } });
    expect(await listed(index.list())).toHaveLength(1);
    expect((await index.resolve("b")).id).toBe((await index.resolve("a")).id);
  });

  it("leaves an entry as it was when the new name is taken meanwhile", async () => {
    const { index, local } = await withFiles(3);
    const a = await index.insert("a", "memory:/x.dataset.json", { description: "first" });
    local.provider.putLabel = async () => false;
    const error = await failure(index.insert("b", "memory:/x.dataset.json", { description: "second" }));
    expect(error).toMatchObject({ code: "DATASET_EXISTS" });
    expect(await index.get("a")).toMatchObject({ id: a.id, metadata: { description: "first" } });
    local.provider.putLabel = () => Promise.reject(new Error("gone"));
    const again = { description: "second", overwrite: true };
    expect(await failure(index.insert("a", "memory:/x.dataset.json", again))).toMatchObject({ message: "gone" });
    expect(await listed(index.labels())).toMatchObject([{ name: "a", id: a.id }]);
    expect(await index.get("a")).toMatchObject({ id: a.id, metadata: { description: "first" } });
  });

  it("loses no entry to somebody who gives up on the same shards meanwhile", async () => {
    const { index, local } = await withFiles(3);
    const { putLabel, deleteEntry } = local.provider;
    const insert = (name: string) => index.insert(name, "memory:/x.dataset.json");
    // Named between the look for labels and the removal.
    local.provider.putLabel = async () => false;
    local.provider.deleteEntry = async (...call) => {
      Object.assign(local.provider, { putLabel, deleteEntry });
      await insert("before");
      return deleteEntry(...call);
    };
    expect(await failure(insert("lost"))).toMatchObject({ code: "DATASET_EXISTS" });
    expect(await index.get("before")).toMatchObject({ schemaRef: "atdata://local/schema/Digit@1.0.0" });
    await index.delete("before");
    // Removed between the putting of the entry and of its name.
    let goOn = (): void => {};
    let lost: Promise<unknown> = Promise.resolve();
    await new Promise<void>((reached) => {
      local.provider.putLabel = async () => {
        reached();
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return false;
      };
      lost = failure(insert("lost"));
    });
    local.provider.putLabel = async (...call) => {
      goOn();
      await lost;
      return putLabel(...call);
    };
    const { id } = await insert("after");
    expect(await index.get("after")).toMatchObject({ id });
  });

  it("lets one of many racers for a name win, and keeps the entry that they all put", async () => {
    const { index } = await withFiles(3);
    const races = Array.from({ length: 8 }, () => index.insert("a@1.0.0", "memory:/x.dataset.json"));
    const ends = await Promise.allSettled(races);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await (await index.load("a@1.0.0")).count()).toBe(3);
  });

  it("refuses what is not there, would not last, or would give a secret away", async () => {
    const { index } = await withFiles(3);
    const insert = (source: Parameters<typeof index.insert>[1]) => failure(index.insert("d", source, { type: Digit }));
    expect(await insert("memory:/y.mem")).toMatchObject({ code: "NOT_FOUND" });
    expect(await insert(["memory:/x-0.mem", "memory:/x-9.mem"])).toMatchObject({ code: "NOT_FOUND" });
    expect(await insert(new Blob([]))).toMatchObject({ code: "UNSUPPORTED" });
    for (const url of ["https://me:s3cret@example.org/x.mem", "https://example.org/x.mem?a=1&X-Amz-Signature=s3cret"]) {
      const error = await insert(url);
      expect(error).toMatchObject({ code: "REF_INVALID" });
      expect(String(error)).not.toContain("s3cret");
    }
    expect(await insert([])).toMatchObject({ code: "NO_SHARDS" });
    expect(await listed(index.list())).toEqual([]);
  });
});

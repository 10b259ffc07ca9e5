import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digit, digits, failure, indexInMemory, listed } from "../../tests/index-fixture.ts";
import { AtdataError, createIndex, int, memoryFormat, memoryIndex, sample, str } from "../index.ts";

const options = {
  maxSamples: 2,
  description: "Digits",
  tags: ["a", "b"],
  license: "MIT",
  metadata: { pen: { blue: 1 } },
};

describe("writing into an index", () => {
  it("keeps all that is said of a dataset and of how it was written", async () => {
    const { index } = indexInMemory();
    const entry = await index.write("digits@1.0.0", Digit, digits(5), options);
    expect(entry).toMatchObject({ repo: "local", name: "digits", schemaRef: "atdata://local/schema/Digit@1.0.0" });
    expect(entry.dataUrls).toHaveLength(3);
    expect(entry.metadata).toMatchObject({
      checksums: Object.fromEntries(entry.dataUrls.map((url) => [url, expect.stringMatching(/^[0-9a-f]{64}$/)])),
      tags: ["a", "b"],
      description: "Digits",
      license: "MIT",
      atdata: {
        version: 1,
        format: "memory",
        samples: 5,
        shards: [{ samples: 2 }, { samples: 2 }, { samples: 1 }],
        options: { maxSamples: 2 },
        plugins: ["memory", "notes"],
        content: { pen: { blue: 1 } },
      },
    });
    expect(await index.get("@local/digits@1.0.0")).toEqual(entry);
  });

  it("gives back what was written, whatever the shard limits are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ label: fc.integer(), name: fc.string() }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (samples, maxSamples) => {
          const { index } = indexInMemory();
          const entry = await index.write("digits", Digit, samples, { maxSamples });
          const dataset = await index.load("digits", { type: Digit });
          expect(await listed(dataset)).toEqual(samples);
          expect(await dataset.count()).toBe(samples.length);
          expect(dataset.shards.map(({ url }) => url)).toEqual(entry.dataUrls);
          expect(dataset.shards.every(({ bytes, sha256 }) => bytes !== undefined && sha256 !== undefined)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses a name and version that are taken, and takes another version", async () => {
    const { index, local } = indexInMemory();
    await index.write("digits@1.0.0", Digit, digits(1));
    const files = [...local.store.files.keys()];
    expect(await failure(index.write("digits@1.0.0", Digit, digits(2)))).toMatchObject({
      code: "DATASET_EXISTS",
      fields: { name: "digits@1.0.0" },
    });
    expect([...local.store.files.keys()]).toEqual(files);
    await index.write("digits@1.1.0", Digit, digits(2));
    expect(await (await index.load("digits@1.0.0")).count()).toBe(1);
    expect(await (await index.load("digits")).count()).toBe(2);
  });

  it("replaces a dataset, with its files, when it may", async () => {
    const { index, local } = indexInMemory();
    const old = await index.write("digits", Digit, digits(1));
    const before = [...local.store.files.keys()];
    const now = await index.write("digits", Digit, digits(2), { overwrite: true });
    expect(await listed(index.list())).toEqual([now]);
    expect(await index.get(old.id)).toBeUndefined();
    expect(before.filter((name) => local.store.files.has(name))).toEqual([]);
  });

  it("has written a dataset also when what it replaces cannot be removed", async () => {
    const { index, local } = indexInMemory();
    const old = await index.write("digits", Digit, digits(1));
    const denied = new AtdataError("ACCESS_DENIED", "no permission", { url: "memory:/" });
    local.provider.deleteEntry = () => Promise.reject(denied);
    const now = await index.write("digits", Digit, digits(2), { overwrite: true });
    expect(await index.resolve("digits")).toEqual(now);
    expect((await listed(index.list())).map(({ id }) => id)).toEqual([old.id, now.id]);
  });

  it("keeps what was replaced while another label stands for it", async () => {
    const { index } = indexInMemory();
    const old = await index.write("digits@1.0.0", Digit, digits(1));
    await index.label("digits", { name: "first", version: "0.0.1" });
    await index.write("digits@1.0.0", Digit, digits(2), { overwrite: true });
    expect((await index.resolve("first@0.0.1")).id).toBe(old.id);
    expect(await (await index.load("first")).count()).toBe(1);
  });

  it("lets one of many racers for a name win and leaves nothing of the others", async () => {
    const { index, local } = indexInMemory();
    const races = Array.from({ length: 8 }, (_, i) => index.write("digits@1.0.0", Digit, digits(i + 1)));
    const ends = await Promise.allSettled(races);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const end of ends) if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "DATASET_EXISTS" });
    expect(await listed(index.list())).toHaveLength(1);
    expect([...local.store.files.keys()].filter((name) => name.endsWith(".dataset.json"))).toHaveLength(1);
    expect(local.store.files.size).toBe(5);
  });

  it("leaves no entry and no file when a sample, the caller or the index fails", async () => {
    const { index, local } = indexInMemory();
    const abort = new AbortController();
    async function* aborting() {
      yield* digits(3);
      abort.abort(new Error("enough"));
      yield* digits(3);
    }
    const signal = abort.signal;
    expect(await failure(index.write("a", Digit, aborting(), { signal, maxSamples: 1 }))).toMatchObject({
      message: "enough",
    });
    expect(await failure(index.write("a", Digit, [{ label: 1.5, name: "" }]))).toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
    expect(await failure(index.write("a", Digit, []))).toMatchObject({ code: "DATASET_EMPTY" });
    for (const call of ["createSchema", "getEntry", "putEntry", "putLabel"] as const) {
      const works = local.provider[call];
      Object.assign(local.provider, { [call]: () => Promise.reject(new Error("gone")) });
      const fresh = sample(`Of_${call}`, { label: int(), name: str() });
      expect(await failure(index.write("a", fresh, digits(3))), call).toMatchObject({ message: "gone" });
      Object.assign(local.provider, { [call]: works });
    }
    expect(await listed(index.list())).toEqual([]);
    expect([...local.store.files.keys()]).toEqual([]);
  });

  it("leaves nothing where a call that failed was carried out, and files where nobody can tell", async () => {
    const { index, local } = indexInMemory();
    const { putLabel, deleteEntry } = local.provider;
    local.provider.putLabel = async (...call) => {
      await putLabel(...call);
      throw new Error("gone");
    };
    expect(await failure(index.write("a", Digit, digits(3)))).toMatchObject({ message: "gone" });
    expect(await listed(index.labels())).toEqual([]);
    expect(await listed(index.list())).toEqual([]);
    expect(local.store.files.size).toBe(0);
    local.provider.deleteEntry = () => Promise.reject(new Error("still gone"));
    expect(await failure(index.write("a", Digit, digits(3)))).toMatchObject({ message: "gone" });
    Object.assign(local.provider, { putLabel, deleteEntry });
    expect(await (await index.load("a", { type: Digit })).head(9)).toEqual(digits(3));
  });

  it("takes its own label for its own, where a client has sent the call twice", async () => {
    const { index, local } = indexInMemory();
    const { putLabel } = local.provider;
    local.provider.putLabel = async (...call) => {
      await putLabel(...call);
      return putLabel(...call);
    };
    await index.write("a@1.0.0", Digit, digits(3));
    expect(await (await index.load("a", { type: Digit })).head(9)).toEqual(digits(3));
  });

  it("tells of a schema conflict before it takes a sample", async () => {
    const { index } = indexInMemory();
    await index.write("a", sample("T", { x: int() }, { version: "1.0.0" }), [{ x: 1 }]);
    let taken = 0;
    function* counting() {
      taken += 1;
      yield { x: "" };
    }
    const other = sample("T", { x: str() }, { version: "1.0.0" });
    expect(await failure(index.write("b", other, counting()))).toMatchObject({ code: "SCHEMA_CONFLICT" });
    expect(taken).toBe(0);
  });

  it("needs a store, and a whole version", async () => {
    const index = createIndex({ repos: { local: { provider: memoryIndex() } }, formats: [memoryFormat()] });
    expect(await failure(index.write("a", Digit, digits(1)))).toMatchObject({ code: "UNSUPPORTED" });
    expect(await failure(index.write("a@1.0", Digit, digits(1)))).toMatchObject({ code: "REF_INVALID" });
  });
});

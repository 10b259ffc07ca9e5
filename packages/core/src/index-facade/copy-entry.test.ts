import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Digit,
  digits,
  failure,
  indexInMemory,
  keysOf,
  listed,
  memoryRepo,
  notes,
  renaming,
} from "../../tests/index-fixture.ts";
import {
  createIndex,
  entryDetails,
  fieldLens,
  int,
  memoryFormat,
  memoryIndex,
  memoryStore,
  sample,
  str,
  writeSamples,
} from "../index.ts";

const Label = sample("Label", { label: int() });

describe("copying a dataset", () => {
  it("keeps bytes, names, keys and what is known, and notes where they come from", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 7 }), async (count, maxSamples) => {
        const { index, local, team } = indexInMemory();
        const said = { tags: ["t"], description: "d", license: "MIT", metadata: { by: "me" } };
        const from = await index.write("digits", Digit, digits(count), { maxSamples, ...said, keyPrefix: "k" });
        const to = await index.copy("digits", "@team/numbers@1.0.0");
        for (const [name, bytes] of local.store.files) {
          if (!name.endsWith(".dataset.json")) expect(team.store.files.get(name)).toEqual(bytes);
        }
        expect(team.store.files.size).toBe(local.store.files.size);
        expect(await keysOf(index, "team/numbers")).toEqual(await keysOf(index, "digits"));
        const { provenance, ...details } = entryDetails(to);
        expect(details).toEqual(entryDetails(from));
        expect(provenance).toEqual([
          { operation: "copy", name: "digits", id: from.id, sha256: Object.values(from.metadata?.checksums ?? {}) },
        ]);
      }),
      { numRuns: 20 },
    );
  });

  it("cuts shards anew without touching keys and payloads", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 7 }), async (count, maxSamples) => {
        const { index } = indexInMemory();
        await index.write("digits@1.0.0", Digit, digits(count), { maxSamples: 3, keyPrefix: "k" });
        const to = await index.copy("digits@1.0.0", "digits@2.0.0", { maxSamples });
        expect(to.dataUrls).toHaveLength(Math.ceil(count / maxSamples));
        expect(await keysOf(index, "digits@2.0.0")).toEqual(await keysOf(index, "digits@1.0.0"));
        expect(await (await index.load("digits@2.0.0", { type: Digit })).head(99)).toEqual(digits(count));
        expect(entryDetails(to)).toMatchObject({ options: { maxSamples }, provenance: [{ operation: "rewrite" }] });
      }),
      { numRuns: 20 },
    );
  });

  it("finds other names where its own are taken, and leaves behind what tells of shards by their names", async () => {
    const { index, local } = indexInMemory();
    await index.write("digits@1.0.0", Digit, digits(3), { maxSamples: 1 });
    const before = [...local.store.files.keys()];
    const copy = await index.copy("digits", "digits@1.0.1");
    const added = [...local.store.files.keys()].filter((name) => !before.includes(name));
    expect(added.map((name) => name.replace(/-[0-9a-f]{12}/, "")).sort()).toEqual([
      ...["digits-000000.mem", "digits-000000.note", "digits-000001.mem", "digits-000001.note"],
      ...["digits-000002.mem", "digits-000002.note", "digits.dataset.json", "digits.names"],
    ]);
    expect(new Set([...copy.dataUrls, ...(await index.resolve("digits@1.0.0")).dataUrls]).size).toBe(6);
    expect(await (await index.load("digits@1.0.1")).head(9)).toEqual(digits(3));
  });

  it("gives sidecars the names that shards get in a store that cannot rename", async () => {
    const [local, team] = [memoryRepo(), memoryRepo()];
    const far = { provider: memoryIndex(), store: renaming(team.store, "0123456789abcdef") };
    const farther = { provider: memoryIndex(), store: renaming(memoryStore(), "fedcba9876543210") };
    const repos = { local, far, farther };
    const index = createIndex({ repos, formats: [memoryFormat()], plugins: [notes] });
    for (const [name, options] of Object.entries({ one: {}, many: { maxSamples: 2 } })) {
      await index.write(name, Digit, digits(3), options);
      const copied = await index.copy(name, `@far/${name}`);
      const shards = copied.dataUrls.map((url) => url.slice("memory:/".length));
      const [first = ""] = shards;
      const whole = first.replace(/(-\d{6})?\.mem$/, "");
      expect(whole).toMatch(/-0123456789abcdef$/);
      const file = (end: string) => new TextDecoder().decode(team.store.files.get(whole + end));
      expect(file(".names")).toBe(shards.join("\n"));
      expect(team.store.files.has(first.replace(".mem", ".note"))).toBe(true);
      const again = await index.copy(`far/${name}`, `@farther/${name}`);
      expect(await keysOf(index, `farther/${name}`)).toEqual(await keysOf(index, name));
      const report = await index.delete(`@farther/${again.id}`, { shards: true, dryRun: true });
      const wholes = report.files.filter((url) => url.endsWith(".names"));
      expect(wholes).toEqual([`${again.dataUrls[0]?.replace(/(-\d{6})?\.mem$/, "")}.names`]);
    }
  });

  it("tells a shard that is not what was recorded, and leaves nothing of the copy", async () => {
    const { index, local, team } = indexInMemory();
    const { dataUrls } = await index.write("digits", Digit, digits(3), { maxSamples: 1 });
    const name = (dataUrls[2] as string).slice("memory:/".length);
    const bytes = local.store.files.get(name)?.slice() as Uint8Array;
    bytes[bytes.length >> 1] = 0x55 ^ (bytes[bytes.length >> 1] as number);
    (local.store.files as Map<string, Uint8Array>).set(name, bytes);
    expect(await failure(index.copy("digits", "@team/digits"))).toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect(await failure(index.copy("digits", "@team/digits", { maxSamples: 9 }))).toBeInstanceOf(Error);
    (local.store.files as Map<string, Uint8Array>).set(name, bytes.slice(0, -3));
    expect(await failure(index.copy("digits", "@team/digits"))).toMatchObject({ code: "SHARD_TRUNCATED" });
    expect(team.store.files.size).toBe(0);
    expect(await listed(index.list({ repo: "team" }))).toEqual([]);
  });

  it("copies what somebody else has put, without counts, checksums and a dataset file", async () => {
    const { index, local } = indexInMemory();
    const names = { dataset: "x", single: "x.mem", numbered: (n: number) => `x-${n}.mem` };
    await writeSamples({ type: Digit, store: local.store, format: memoryFormat(), names, maxSamples: 2 }, digits(5));
    await local.store.delete("x.dataset.json");
    const { held } = await index.publishSchema(Digit);
    await local.provider.putEntry({ name: "x", schemaRef: held.ref, dataUrls: ["memory:/x-{0..2}.mem"] });
    const copied = await index.copy("x", "@team/x");
    expect(entryDetails(copied)).toMatchObject({
      samples: 5,
      shards: [{ samples: 2 }, { samples: 2 }, { samples: 1 }],
    });
    expect(await (await index.load("team/x", { type: Digit })).head(9)).toEqual(digits(5));
  });

  it("takes along the schema, and the lenses that start at it", async () => {
    const { index, local, team } = indexInMemory();
    await index.write("digits", Digit, digits(3));
    await index.storeLens(fieldLens(Digit, Label, { label: "label" }), { name: "only-label" });
    await index.publishSchema(sample("Digit", { other: str() }), { repo: "team" });
    // Another program may have put anything there: what cannot be read is left.
    const from = "atdata://local/schema/Digit@1.0.0";
    await local.provider.createSchema({ name: "Odd", version: "1.0.0", json: 7 });
    for (const [i, view] of ["atdata://local/schema/Odd@1.0.0", "at://x", 7].entries()) {
      const json = { atdata_source: from, atdata_view: view };
      await local.provider.createLens({ name: `odd-${i}`, version: "1.0.0", json });
    }
    await local.provider.createLens({ name: "null", version: "1.0.0", json: null });
    const copied = await index.copy("digits", "@team/digits");
    expect((await listed(team.provider.listLenses())).map(({ name }) => name)).toEqual(["only-label"]);
    expect(copied.schemaRef).toBe("atdata://local/schema/Digit@2.0.0");
    const lens = await index.loadLens("@team/only-label", { view: Label });
    expect(lens.get({ label: 3, name: "x" })).toEqual({ label: 3 });
    expect(lens.source.version).toBe("2.0.0");
    expect(await (await index.load("team/digits")).as(lens).head(1)).toEqual([{ label: 0 }]);
  });

  it("tells how far it is, and stops when it is told to", async () => {
    const { index, team } = indexInMemory();
    await index.write("digits", Digit, digits(4), { maxSamples: 1 });
    const seen: number[] = [];
    await index.copy("digits", "@team/a", { onProgress: ({ samples }) => seen.push(samples) });
    expect(seen.at(-1)).toBe(4);
    const files = team.store.files.size;
    const signal = AbortSignal.abort(new Error("stop"));
    expect(await failure(index.copy("digits", "@team/b", { signal }))).toMatchObject({ message: "stop" });
    expect(team.store.files.size).toBe(files);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digit, type DigitSample, digits, failure, keysOf, memoryRepo } from "../../tests/index-fixture.ts";
import {
  createDatasetWriter,
  createIndex,
  entryDetails,
  type Index,
  type MemoryStore,
  memoryFormat,
  memoryStore,
  type WriterInput,
  writeSamples,
} from "../index.ts";

/** Header, payload and end of a sample of these tests. */
const SAMPLE_BYTES = 136 + 20 + 136;

function limited(maxBytes: number | undefined): MemoryStore {
  return { ...memoryStore(), maxFileBytes: async () => maxBytes };
}

function input(store: MemoryStore, options: Partial<WriterInput<DigitSample>> = {}): WriterInput<DigitSample> {
  const names = { dataset: "d", single: "d.mem", numbered: (n: number) => `d-${n}.mem` };
  return { type: Digit, store, format: memoryFormat(), names, ...options };
}

/** An index over a repository without a limit and one, `small`, with one. */
function indexWithSmall(maxBytes: number | undefined): { index: Index; local: MemoryStore; small: MemoryStore } {
  const [local, small] = [memoryRepo(), memoryRepo()];
  const smallStore = { ...small.store, maxFileBytes: async () => maxBytes };
  const repos = { local, small: { ...small, store: smallStore } };
  return { index: createIndex({ repos, formats: [memoryFormat()] }), local: local.store, small: smallStore };
}

describe("a store that takes no large files", () => {
  it("gets shards that fit, and no more of them than the limits ask for", async () => {
    const limit = fc.option(fc.integer({ min: SAMPLE_BYTES, max: 3000 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(limit, limit, async (max, maxShardBytes) => {
        const store = limited(max);
        await writeSamples(input(store, { maxShardBytes }), digits(40));
        const plain = memoryStore();
        const least = Math.min(max ?? Number.POSITIVE_INFINITY, maxShardBytes ?? Number.POSITIVE_INFINITY);
        const given = Number.isFinite(least) ? { maxShardBytes: least } : {};
        await writeSamples(input(plain, given), digits(40));
        const shards = (of: MemoryStore) => [...of.files].filter(([name]) => name.endsWith(".mem"));
        expect(shards(store)).toEqual(shards(plain));
        for (const [, bytes] of shards(store)) expect(bytes.length).toBeLessThanOrEqual(least);
      }),
      { numRuns: 30 },
    );
  });

  it("is named where one sample alone is too large for it", async () => {
    const tooLarge = { label: 1, name: "x".repeat(3000) };
    const writer = await createDatasetWriter(input(limited(2000)));
    const error = await failure(writer.write(tooLarge));
    expect(error).toMatchObject({ code: "SAMPLE_TOO_LARGE", fields: { max: 2000 } });
    expect(error).toHaveProperty("hint", "store memory takes no larger files; use another one");
    await writer.abort();
    const lower = await createDatasetWriter(input(limited(2000), { maxShardBytes: 1000 }));
    expect(await failure(lower.write(tooLarge))).toMatchObject({ fields: { max: 1000 }, hint: "raise maxShardBytes" });
    await lower.abort();
  });

  it("is asked when an index writes, and the limit is not taken for the caller's", async () => {
    const { index, small } = indexWithSmall(1000);
    const entry = await index.write("@small/d", Digit, digits(20));
    expect(entry.dataUrls.length).toBeGreaterThan(1);
    for (const [name, bytes] of small.files) if (name.endsWith(".mem")) expect(bytes.length).toBeLessThanOrEqual(1000);
    expect(entryDetails(entry).options).toEqual({});
  });

  it("gets copies of shards as they are where they fit, and cut anew where one does not", async () => {
    const { index, local, small } = indexWithSmall(1000);
    await index.write("@local/fits", Digit, digits(9), { maxShardBytes: 1000 });
    const whole = await index.copy("@local/fits", "@small");
    for (const url of whole.dataUrls) {
      const name = url.slice("memory:/".length);
      expect(small.files.get(name)).toEqual(local.files.get(name));
    }
    expect(entryDetails(whole).provenance).toMatchObject([{ operation: "copy" }]);
    await index.write("@local/long", Digit, digits(9));
    const cut = await index.copy("@local/long", "@small");
    expect(entryDetails(cut).provenance).toMatchObject([{ operation: "rewrite" }]);
    expect(cut.dataUrls.length).toBeGreaterThan(1);
    for (const [name, bytes] of small.files) if (name.endsWith(".mem")) expect(bytes.length).toBeLessThanOrEqual(1000);
    expect(await keysOf(index, "@small/long")).toEqual(await keysOf(index, "@local/long"));
  });
});

import { compilePredicate, isAtdataError, sample, str } from "@atdata/core";
import { Schema } from "apache-arrow";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { predicate, rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { shardOf } from "../../tests/shard-summary.ts";
import { formatHeader } from "../header/format-header.ts";
import { parseHeader } from "../header/parse-header.ts";
import { mayMatch } from "../prune/may-match.ts";
import { encodeParquet } from "../rows/parquet-stream.ts";
import type { BloomFilter } from "../summary/bloom.ts";
import type { FieldSummary, ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { decodeRollup } from "./decode-rollup.ts";
import { encodeRollup } from "./encode-rollup.ts";
import { METADATA_KEY } from "./rollup-columns.ts";

const url = "https://host/set/digits.rollup.parquet?token=1";

/** Copies what getters give. */
function plain(summary: FieldSummary): object {
  const { field, count, nulls, nans, min, max, sum, values } = summary;
  return { field, count, nulls, nans, min, max, sum, values };
}

describe("a roll-up", () => {
  it("tells again what it was made of", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 4 }), async (shards) => {
        const given = shards.map((samples, i) =>
          shardOf(
            `digits-${i}.tar`,
            samples,
            samples.map((_, n) => `k${n}`),
          ),
        );
        const read = await decodeRollup(await encodeRollup(given), url);
        expect(read.map((shard) => shard.url)).toEqual(given.map((_, i) => `https://host/set/digits-${i}.tar?token=1`));
        for (const [i, shard] of given.entries()) {
          const got = read[i] as ShardSummary;
          expect([got.samples, got.bytes, got.sha256, got.keys]).toEqual([
            ...[shard.samples, shard.bytes, shard.sha256, shard.keys],
          ]);
          expect([...got.fields.values()].map(plain)).toEqual([...shard.fields.values()].map(plain));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("and a header never rule out a shard that has a match", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(predicate, { minLength: 1, maxLength: 20 }), async (samples, predicates) => {
        const shard = shardOf(
          "a.tar",
          samples,
          samples.map((_, n) => `k${n}`),
        );
        const [rolled] = await decodeRollup(await encodeRollup([shard]), "a.rollup.parquet");
        const place = { shardId: "a", payloadBytes: 0, createdAt: "" };
        const text = formatHeader({ summary: shard, fields: rowFields, type: sample("Any", { t: str() }), ...place });
        const { summary } = parseHeader(text, "a.manifest.json");
        for (const one of predicates.filter((given) => samples.some(compilePredicate(given)))) {
          expect([mayMatch(one, rolled as ShardSummary), mayMatch(one, summary)]).toEqual([true, true]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("has a filter of keys that are not sorted, and one of values that are too many to list", async () => {
    const keys = Array.from({ length: 500 }, (_, n) => `k${(n * 7) % 500}`);
    const shard = shardOf(
      "a.tar",
      keys.map((key, n) => ({ t: key, i: n % 100, r: n })),
      keys,
    );
    const [read] = await decodeRollup(await encodeRollup([shard]), "a.rollup.parquet");
    expect(read?.keys).toMatchObject({ min: "k0", max: "k99", sorted: false });
    for (const filter of [read?.keys?.filter, read?.fields.get("t")?.filter]) {
      expect(keys.every((key) => filter?.mayHave(key))).toBe(true);
      expect(Array.from({ length: 100 }, (_, n) => filter?.mayHave(`x${n}`))).toContain(false);
    }
    const hundred = read?.fields.get("i");
    expect(hundred?.values).toBeUndefined();
    expect([hundred?.filter?.mayHave(99n), hundred?.filter?.mayHave(1000)]).toEqual([true, false]);
    expect((hundred?.filter as BloomFilter | undefined)?.toBytes().length).toBeLessThanOrEqual(1024);
  });

  it("leaves out what is not known, and may have no shards or fields", async () => {
    const field: ManifestField = { name: "x", kind: "time", type: "double" };
    const bare: ShardSummary = { url: "a.tar", samples: 0, fields: new Map() };
    const [read] = await decodeRollup(await encodeRollup([bare], [field]), "/data/a.rollup.parquet");
    const { url: at, bytes, sha256, keys } = read as ShardSummary;
    expect([at, bytes, sha256, keys]).toEqual(["/data/a.tar", undefined, undefined, undefined]);
    expect(plain(read?.fields.get("x") as FieldSummary)).toEqual({ field });
    expect(await decodeRollup(await encodeRollup([]), url)).toEqual([]);
  });

  it("is a table that other readers understand", async () => {
    const file = await encodeRollup([shardOf("a.tar", [{ i: 7, t: "é", lt: ["x", "x"] }], ["k"])]);
    const [row] = await parquetReadObjects({ file: file.slice().buffer as ArrayBuffer });
    expect(row).toMatchObject({ url: "a.tar", samples: 1n, key_min: "k", keys_sorted: true });
    expect(row).toMatchObject({ "i.min": 7n, "t.values": ["é"], "lt.value_counts": [2n], "r.nulls": 1n });
  });

  it("may not name shards above it", async () => {
    const [read] = await decodeRollup(await encodeRollup([{ url: "../a.tar", samples: 1, fields: new Map() }]), url);
    expect(() => read?.url).toThrow(expect.objectContaining({ code: "REF_INVALID" }));
  });

  it("of a newer version, and a Parquet file that is none, are refused", async () => {
    const make = (metadata: [string, string][]) => encodeParquet(new Schema([], new Map(metadata)), [], 0);
    for (const [metadata, code] of [
      [[[METADATA_KEY, '{"format":"atdata.rollup/2"}']], "FORMAT_TOO_NEW"],
      [[[METADATA_KEY, '{"format":"other/1"}']], "FORMAT_INVALID"],
      [[[METADATA_KEY, '{"format":"atdata.rollup/1","fields":[{"name":"x"}]}']], "FORMAT_INVALID"],
      [[], "FORMAT_INVALID"],
    ] as [[string, string][], string][]) {
      await expect(decodeRollup(await make(metadata), url)).rejects.toMatchObject({ code });
    }
  });

  it("of damaged bytes is read or refused with an error of ours", async () => {
    const good = await encodeRollup([shardOf("a.tar", [{ i: 1, t: "x", lt: ["y"] }], ["k"])]);
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(edits, fc.option(fc.nat(good.length)), async (changes, cut) => {
        const bytes = good.slice(0, cut ?? good.length);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        try {
          for (const shard of await decodeRollup(bytes, "a.rollup.parquet")) {
            for (const summary of shard.fields.values()) plain(summary);
            void [shard.url, shard.samples, shard.keys];
          }
        } catch (error) {
          if (!isAtdataError(error)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});

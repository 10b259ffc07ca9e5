import { compilePredicate, memorySource, type Predicate } from "@atdata/core";
import { initArrow } from "@atdata/core/arrow";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { predicate, type Row, rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { predicateFields } from "../predicate-fields.ts";
import { mayMatch } from "../prune/may-match.ts";
import { RowWriter } from "../rows/row-writer.ts";
import { FieldAccumulator } from "../summary/field-accumulator.ts";
import type { KnownShard } from "./known-shard.ts";
import { RowReader } from "./row-reader.ts";

beforeAll(() => initArrow());

const names = new Set(rowFields.map(({ name }) => name));

/** Writes rows as a manifest does. */
async function shardOf(samples: readonly Row[]): Promise<{ readonly shard: KnownShard; readonly reader: RowReader }> {
  const writer = new RowWriter(rowFields, false);
  const accumulators = rowFields.map((field) => new FieldAccumulator(field));
  samples.forEach((sample, n) => {
    writer.add({ key: `k${n}`, offset: 512 + 1024 * n, size: n, sample });
    for (const accumulator of accumulators) accumulator.add(sample[accumulator.field.name]);
  });
  const fields = new Map(accumulators.map((accumulator) => [accumulator.field.name, accumulator.finish()]));
  const shard: KnownShard = {
    ...{ url: "s.tar", rowsUrl: "s.manifest.parquet", start: 0 },
    summary: { url: "s.tar", samples: samples.length, fields },
    fields: new Map(rowFields.map((field) => [field.name, field])),
  };
  return { shard, reader: new RowReader(memorySource({ "s.manifest.parquet": await writer.finish() })) };
}

describe("rows that were written", () => {
  it("give the matches of a scan, and are never pruned wrongly by the summary written with them", async () => {
    const answerable = predicate.filter((p) => predicateFields(p).every((name) => names.has(name)));
    let found = 0;
    let pruned = 0;
    const queries = fc.array(answerable, { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(rows, queries, async (samples, predicates) => {
        const { shard, reader } = await shardOf(samples);
        for (const p of predicates) {
          const test = compilePredicate(p);
          const want = samples.flatMap((sample, row) => (test(sample) ? [row] : []));
          const match = await reader.match(shard, p, predicateFields(p), {});
          expect(Array.from(match?.rows ?? [])).toEqual(want);
          found += want.length;
          if (want.length > 0) expect(mayMatch(p, shard.summary)).toBe(true);
          else if (!mayMatch(p, shard.summary)) pruned++;
        }
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(500);
    expect(pruned).toBeGreaterThan(100);
  }, 60_000);

  it("are joined from several row groups, lists and nulls among them", async () => {
    const samples = Array.from({ length: 70_000 }, (_, n) => ({
      i: n % 3 === 0 ? null : BigInt(n),
      r: n / 2,
      t: n % 5 === 0 ? null : `text ${n % 7}`,
      lt: n % 4 === 0 ? null : [`item ${n % 11}`, null],
    }));
    const { shard, reader } = await shardOf(samples);
    const p: Predicate = {
      op: "and",
      terms: [
        { op: "=", field: "t", value: "text 3" },
        { op: "contains", field: "lt", value: "item 10" },
        { op: ">", field: "i", value: 60_000 },
        { op: "<", field: "r", value: 34_000 },
      ],
    };
    const test = compilePredicate(p);
    const match = await reader.match(shard, p, predicateFields(p), {});
    const want = samples.flatMap((sample, row) => (test(sample) ? [row] : []));
    expect(Array.from(match?.rows ?? [])).toEqual(want);
    expect(want.some((row) => row > 65_536) && want.some((row) => row < 65_536)).toBe(true);
    const last = match?.table.find("k69999") as number;
    expect([last, match?.table.offsets[last], match?.table.sizes[last]]).toEqual([69_999, 512 + 1024 * 69_999, 69_999]);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { isAtdataError, sample, str } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { FieldAccumulator } from "../summary/field-accumulator.ts";
import { KeyAccumulator } from "../summary/key-accumulator.ts";
import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { formatHeader, type HeaderInput, MAX_HEADER_BYTES } from "./format-header.ts";
import { parseHeader } from "./parse-header.ts";

const type = sample("Basic", { name: str() });
const basic: readonly ManifestField[] = [
  { name: "name", kind: "categorical", type: "string" },
  { name: "count", kind: "numeric", type: "int64" },
  { name: "score", kind: "numeric", type: "double" },
  { name: "ok", kind: "categorical", type: "boolean" },
  { name: "tags", kind: "set", type: "string" },
  { name: "note", kind: "categorical", type: "string" },
];

function summarize(samples: readonly Record<string, unknown>[], fields: readonly ManifestField[]): ShardSummary {
  const keys = new KeyAccumulator();
  const accumulators = fields.map((field) => new FieldAccumulator(field));
  for (const [n, row] of samples.entries()) {
    keys.add(`k${n % 7}-${n}`);
    for (const accumulator of accumulators) accumulator.add(row[accumulator.field.name]);
  }
  return {
    url: "data/a.b.tar",
    samples: samples.length,
    bytes: 10_240,
    sha256: "ab".repeat(32),
    keys: keys.finish(),
    fields: new Map(accumulators.map((accumulator) => [accumulator.field.name, accumulator.finish()])),
  };
}

function header(summary: ShardSummary, fields: readonly ManifestField[], more: Partial<HeaderInput> = {}): string {
  const createdAt = "2026-11-23T08:30:00.000Z";
  return formatHeader({ summary, fields, type, shardId: "a.b", payloadBytes: 7, createdAt, ...more });
}

function python(name: string): string {
  return readFileSync(new URL(`../../../../fixtures/python/${name}`, import.meta.url), "utf8");
}

describe("a header", () => {
  it("is valid JSON, and tells again what it was made of", () => {
    fc.assert(
      fc.property(rows, (samples) => {
        const summary = summarize(samples, rowFields);
        const text = header(summary, rowFields);
        expect(JSON.parse(text)).toMatchObject({ manifest_version: "1.0.0", num_samples: samples.length });
        const read = parseHeader(text, "data/a.b.manifest.json");
        expect(read).toMatchObject({ fields: rowFields, trueOffsets: true, partial: false });
        const finite = (bound: unknown) => (typeof bound === "number" && !Number.isFinite(bound) ? undefined : bound);
        for (const [name, want] of summary.fields) {
          const got = read.summary.fields.get(name);
          expect({ ...got, filter: undefined }).toEqual({ ...want, min: finite(want.min), max: finite(want.max) });
        }
        const { url, bytes, sha256, keys } = read.summary;
        expect([url, bytes, sha256]).toEqual([summary.url, summary.bytes, summary.sha256]);
        expect([keys?.min, keys?.max, keys?.sorted]).toEqual([
          summary.keys?.min,
          summary.keys?.max,
          summary.keys?.sorted,
        ]);
      }),
    );
  });

  it("has every key that Python's reader requires", () => {
    const json = JSON.parse(header(summarize([{ name: "x" }], basic), basic, { partial: true }));
    expect(Object.keys(json).slice(0, 8)).toEqual([
      ...["manifest_version", "shard_id", "schema_type", "schema_version", "num_samples", "size_bytes"],
      ...["created_at", "aggregates"],
    ]);
    expect(json).toMatchObject({ shard_id: "a.b", schema_type: "Basic", schema_version: "1.0.0", partial: true });
  });

  it("says where the shard comes from, when told, and the bounds of its times", () => {
    const field: ManifestField = { name: "at", kind: "time", type: "string" };
    const summary = summarize([{ at: "2026-01-02" }, { at: "2026-01-01" }], [field]);
    const provenance = { jobId: "j1", parentShards: ["p"], pipelineVersion: "2" };
    expect(JSON.parse(header(summary, [field], { provenance }))).toMatchObject({
      provenance: { source_job_id: "j1", parent_shards: ["p"], pipeline_version: "2" },
      temporal_bounds: { at: { min: "2026-01-01", max: "2026-01-02" } },
    });
  });

  it("stays under its limit whatever the data, and keeps bounds longest", () => {
    const fields = Array.from(
      { length: 300 },
      (_, i): ManifestField => ({ name: `f${i}`, kind: "categorical", type: "string" }),
    );
    const samples = Array.from({ length: 200 }, (_, n) =>
      Object.fromEntries(fields.map(({ name }) => [name, `\u0001${n}é`])),
    );
    const text = header(summarize(samples, fields), fields);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_HEADER_BYTES);
    const read = parseHeader(text, "a.b.manifest.json").summary;
    expect(read.fields.get("f0")?.values?.size).toBe(200);
    expect(read.fields.get("f299")?.values).toBeUndefined();
    expect(read.fields.get("f299")).toMatchObject({ count: 200, min: "\u00010é", max: "\u00019é" });
  });

  it("keeps names that could be prototypes apart", () => {
    const field: ManifestField = { name: "__proto__", kind: "categorical", type: "string" };
    const samples = [Object.fromEntries([["__proto__", "__proto__"]])];
    const read = parseHeader(header(summarize(samples, [field]), [field]), "a.manifest.json");
    expect(read.summary.fields.get("__proto__")?.values).toEqual(new Map([["__proto__", 1]]));
  });

  it("of a newer version, or no header, is refused", () => {
    const cases: [string, string][] = [
      ["[]", "MANIFEST_INVALID"],
      ["{", "MANIFEST_INVALID"],
      ['{"num_samples": -1}', "MANIFEST_INVALID"],
      ['{"num_samples": 1, "format": "atdata.manifest/1"}', "MANIFEST_INVALID"],
      ['{"num_samples": 1, "format": "other"}', "MANIFEST_INVALID"],
      ['{"num_samples": 1, "format": "atdata.manifest/2"}', "FORMAT_TOO_NEW"],
    ];
    for (const [text, code] of cases) {
      expect(() => parseHeader(text, "a.manifest.json")).toThrow(expect.objectContaining({ code }));
    }
  });

  it("of any content is read or refused with an error of ours", () => {
    const good = header(summarize([{ name: "x", score: 1 }], basic), basic);
    const edit = fc.tuple(fc.nat(good.length - 1), fc.string({ maxLength: 3 }), fc.nat(40));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = good;
        for (const [at, put, cut] of edits) text = text.slice(0, at) + put + text.slice(at + cut);
        try {
          const { fields } = parseHeader(text, "a.manifest.json").summary;
          for (const summary of fields.values()) summary.filter?.mayHave("x");
        } catch (error) {
          if (!isAtdataError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("Python's headers", () => {
  it("are read, values by the types of the fields", () => {
    const { summary, fields, trueOffsets } = parseHeader(
      python("single.manifest.json"),
      "x/single.manifest.json",
      basic,
    );
    expect([summary.url, summary.samples, fields, trueOffsets]).toEqual(["x/single.tar", 3, undefined, false]);
    expect(summary.fields.get("ok")?.values).toEqual(
      new Map([
        [true, 2],
        [false, 1],
      ]),
    );
    expect(summary.fields.get("note")).toMatchObject({ count: 2, nulls: 1, values: new Map([["hé", 2]]) });
    expect(summary.fields.get("count")).toMatchObject({ count: 3, nulls: 0, nans: 0, min: -1, max: 1 });
    const tags = summary.fields.get("tags");
    expect([tags?.filter?.mayHave("t1"), tags?.filter?.mayHave("t9"), tags?.nulls]).toEqual([true, false, undefined]);
  });

  it("are all read, named by their files, with Infinity in them too", () => {
    const names = readdirSync(new URL("../../../../fixtures/python/sharded", import.meta.url));
    const headers = names.filter((name) => name.endsWith(".manifest.json")).sort();
    const read = headers.map((name) => parseHeader(python(`sharded/${name}`), `sharded/${name}`, basic).summary);
    expect(read.map(({ url, samples }) => [url, samples])).toEqual([
      ["sharded/data-000000.tar", 2],
      ["sharded/data-000001.tar", 2],
      ["sharded/data-000002.tar", 0],
    ]);
    expect(read[2]?.fields.get("score")).toMatchObject({ count: 0, nulls: 0 });
    expect(read[2]?.fields.get("score")?.min).toBeUndefined();
  });

  it("give no bounds that NaN or rounding may have spoilt, and leave texts alone", () => {
    const json = `{"num_samples": 2, "note": "NaN, -Infinity", "aggregates": {
      "x": {"type": "numeric", "min": 1.0, "max": 2.0, "mean": NaN, "count": 2},
      "n": {"type": "numeric", "min": 1.0, "max": 9007199254740992.0, "mean": 1.0, "count": 1},
      "t": {"type": "categorical", "value_counts": {"NaN": 1, "say \\"Infinity": 1}},
      "f": {"type": "categorical", "value_counts": {"1.0": 1, "1e-05": 1}},
      "g": {"type": "categorical", "value_counts": {"1.0": 1, "nan": 1}}}}`;
    const fields: readonly ManifestField[] = [
      { name: "x", kind: "numeric", type: "double" },
      { name: "n", kind: "numeric", type: "int64" },
      { name: "t", kind: "categorical", type: "string" },
      { name: "f", kind: "categorical", type: "double" },
      { name: "g", kind: "categorical", type: "double" },
    ];
    const read = parseHeader(json, "a.manifest.json", fields).summary.fields;
    expect(read.get("x")).toEqual({ field: fields[0], count: 2, nulls: 0 });
    expect(read.get("n")).toMatchObject({ count: 1, nulls: 1, min: 1, max: undefined });
    expect([...(read.get("t")?.values?.keys() ?? [])]).toEqual(["NaN", 'say "Infinity']);
    expect([...(read.get("f")?.values?.keys() ?? [])]).toEqual([1, 0.00001]);
    expect(read.has("g")).toBe(false);
  });
});

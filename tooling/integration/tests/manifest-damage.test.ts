import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Dataset, isAtdataError, type Predicate } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { manifests } from "@atdata/manifest/node";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { beforeAll, describe, expect, it } from "vitest";
import { collect, collectUntilError } from "../src/collect.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const whole = join(root, "whole");
const hashed = join(root, "hashed");
const samples = numbered(60, { length: 40 });
const keyOf = (i: number): string => String(i).padStart(9, "0");
const everything: Predicate = { op: ">=", field: "n", value: 0 };
let folders = 0;

beforeAll(async () => {
  await writeDataset(Numbered, samples, join(whole, "d.tar"), { maxSamples: 20, plugins: [manifests()] });
  const plugins = [manifests({ sampleHash: "sha256" })];
  await writeDataset(Numbered, samples, join(hashed, "d.tar"), { maxSamples: 20, plugins });
});

/** Gives a folder of its own with the dataset in it. */
function copy(of: string = whole): string {
  const folder = join(root, `copy-${folders++}`);
  cpSync(of, folder, { recursive: true });
  return folder;
}

function open(folder: string, ref = "d.tar"): Promise<Dataset<Numbered>> {
  return openDataset(join(folder, ref), { type: Numbered, plugins: [manifests()] });
}

/** What comes of using a dataset in each way that asks manifests: right samples, or an error's code. */
async function useAll(folder: string, ref?: string): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  const attempt = async (name: string, work: (dataset: Dataset<Numbered>) => Promise<unknown>): Promise<void> => {
    try {
      outcomes[name] = await work(await open(folder, ref));
    } catch (error) {
      outcomes[name] = isAtdataError(error) ? error.code : String(error);
    }
  };
  await attempt("where", async (d) => (await collect(d.where(everything))).every(({ n }, i) => n === samples[i]?.n));
  await attempt("narrow", async (d) => (await collect(d.where((f) => f.n.between(21, 24)))).map(({ n }) => n).join());
  await attempt("get", async (d) => {
    const found = await d.get(keyOf(25));
    return found === undefined ? "absent" : found.n === 25;
  });
  await attempt("at", async (d) => (await d.at(25))?.n === 25);
  await attempt(
    "all",
    async (d) => new Set(await collect(d.shuffle({ seed: 1, window: "all" }).map(({ n }) => n))).size,
  );
  return outcomes;
}

/** What {@link useAll} tells of a dataset that is in order. */
const right = { where: true, narrow: "21,22,23,24", get: true, at: true, all: 60 };

function allOf(code: string): Record<string, unknown> {
  return Object.fromEntries(Object.keys(right).map((name) => [name, code]));
}

/** Swaps the bytes of a file; the length stays. */
function edit(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

describe("manifests that do not fit their shards", () => {
  it("are used while nothing is wrong", async () => {
    expect(await useAll(copy())).toEqual(right);
    expect(await useAll(copy(hashed))).toEqual(right);
  });

  it("are stale when the dataset was written anew without them", async () => {
    const folder = copy();
    const kept = readdirSync(folder).filter((name) => /manifest|rollup/.test(name));
    const saved = kept.map((name) => [name, readFileSync(join(folder, name))] as const);
    const others = numbered(60, { first: 500, length: 40 });
    await writeDataset(Numbered, others, join(folder, "d.tar"), { maxSamples: 20, overwrite: true });
    // Replacing a dataset removes its manifests; here somebody has put them back.
    expect(readdirSync(folder).filter((name) => /manifest|rollup/.test(name))).toEqual([]);
    for (const [name, bytes] of saved) writeFileSync(join(folder, name), bytes);
    expect(await useAll(folder)).toEqual(allOf("MANIFEST_STALE"));
  });

  it("never give a wrong sample when only a shard was replaced", async () => {
    const folder = copy();
    // Of the same length, with the same keys at other places: only reading it can tell.
    const texts = samples.map(({ n }, i) => ({ n, text: "x".repeat(i % 20 === 4 ? 600 : 40) }));
    await writeDataset(Numbered, texts, join(root, "other", "d.tar"), { maxSamples: 20, overwrite: true });
    copyFileSync(join(root, "other", "d-000001.tar"), join(folder, "d-000001.tar"));
    const outcomes = await useAll(folder);
    for (const [name, outcome] of Object.entries(outcomes)) {
      expect({ name, outcome }).toEqual({ name, outcome: expect.stringMatching(/^(MANIFEST_STALE|SHARD_\w+)$/) });
    }
    const { got, error } = await collectUntilError((await open(folder)).where(everything));
    expect(got.every(({ n }, i) => n === samples[i]?.n)).toBe(true);
    expect(isAtdataError(error)).toBe(true);
  });

  it("tell that they may be stale when a place is behind the end of a shard that was replaced", async () => {
    const folder = copy();
    // Within the fourth sample, each of which takes 1024 bytes.
    truncateSync(join(folder, "d-000001.tar"), 3600);
    // Afar nobody asks for the length first.
    const afar = { ...fileSource(), capabilities: { range: true, local: false } };
    const options = { type: Numbered, sources: [afar], plugins: [manifests()] };
    for (const [i, code] of [
      [23, "SHARD_TRUNCATED"],
      [24, "SHARD_CORRUPT"],
    ] as const) {
      const dataset = await openDataset(join(folder, "d.dataset.json"), options);
      await expect(dataset.get(keyOf(i))).rejects.toMatchObject({
        ...{ code, fields: { key: keyOf(i) } },
        hint: expect.stringContaining("atdata manifest build"),
      });
    }
  });

  it("say so when a payload was changed in place, where they hold hashes", async () => {
    const folder = copy(hashed);
    edit(join(folder, "d-000001.tar"), (bytes) => {
      const at = bytes.indexOf(Buffer.from("25 xxx"));
      expect(at).toBeGreaterThan(0);
      bytes[at + 3] = 0x79;
    });
    await expect((await open(folder)).get(keyOf(25))).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    const { error } = await collectUntilError((await open(folder)).where(everything));
    expect(error).toMatchObject({ code: "CHECKSUM_MISMATCH", fields: { key: keyOf(25) } });
    expect((await (await open(folder)).get(keyOf(24)))?.n).toBe(24);
  });

  it.each(["with", "without"])("are refused when they are another shard's, %s a roll-up", async (rollup) => {
    const folder = copy();
    for (const suffix of ["manifest.json", "manifest.parquet"]) {
      copyFileSync(join(folder, `d-000002.${suffix}`), join(folder, `d-000001.${suffix}`));
    }
    if (rollup === "without") rmSync(join(folder, "d.rollup.parquet"));
    for (const [name, outcome] of Object.entries(await useAll(folder))) {
      expect({ name, outcome }).toEqual({
        name,
        outcome: expect.stringMatching(/^(MANIFEST_STALE|MANIFEST_INVALID|SHARD_CORRUPT)$/),
      });
    }
  });

  it("are refused when a shard on the disk has another length, whatever of it is asked for", async () => {
    const folder = copy();
    truncateSync(join(folder, "d-000001.tar"), statSync(join(folder, "d-000001.tar")).size - 512);
    const dataset = await open(folder);
    await expect(collect(dataset.where((f) => f.n.eq(21)))).rejects.toThrow("bytes differ");
    expect(await collect(dataset.where((f) => f.n.eq(1)))).toHaveLength(1);
  });

  it("are refused when only the rows are another shard's, of the same number", async () => {
    const folder = copy();
    copyFileSync(join(folder, "d-000002.manifest.parquet"), join(folder, "d-000001.manifest.parquet"));
    const { where, get, at } = await useAll(folder);
    expect({ where, get, at }).toEqual({ where: "MANIFEST_INVALID", get: "MANIFEST_INVALID", at: "MANIFEST_INVALID" });
  });

  it.each([0, 1, 8, 100, 0.5, 0.99])("are refused when the rows are cut after %d", async (part) => {
    const folder = copy();
    const path = join(folder, "d-000001.manifest.parquet");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, part < 1 ? Math.floor(bytes.length * part) : part));
    expect(await useAll(folder)).toEqual(allOf("MANIFEST_INVALID"));
  });

  it("are refused when the rows are missing", async () => {
    const folder = copy();
    rmSync(join(folder, "d-000001.manifest.parquet"));
    expect(await useAll(folder)).toMatchObject({ where: "MANIFEST_INVALID", get: "MANIFEST_INVALID" });
  });

  it("are refused when the roll-up is cut, or is of a newer version", async () => {
    const folder = copy();
    const path = join(folder, "d.rollup.parquet");
    edit(path, (bytes) => {
      const at = bytes.indexOf("atdata.rollup/1");
      expect(at).toBeGreaterThan(0);
      bytes.write("atdata.rollup/2", at);
      // Arrow's own copy of the schema repeats it.
      const again = bytes.indexOf("atdata.rollup/1");
      if (again > 0) bytes.write("atdata.rollup/2", again);
    });
    expect(await useAll(folder)).toEqual(allOf("FORMAT_TOO_NEW"));
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    expect(await useAll(folder)).toMatchObject({ where: "FORMAT_INVALID", get: "FORMAT_INVALID" });
  });

  it("are refused when a header is no JSON, and there is no roll-up", async () => {
    const folder = copy();
    rmSync(join(folder, "d.rollup.parquet"));
    writeFileSync(join(folder, "d-000001.manifest.json"), "{");
    expect(await useAll(folder)).toMatchObject({ where: "MANIFEST_INVALID", get: "MANIFEST_INVALID" });
  });

  it("do without: a shard that has no manifest makes a query scan", async () => {
    const folder = copy();
    rmSync(join(folder, "d.rollup.parquet"));
    rmSync(join(folder, "d-000001.manifest.json"));
    expect(await useAll(folder)).toEqual(right);
    expect(await (await open(folder)).plan(everything)).toMatchObject({ strategy: "scan" });
  });
});

describe("a predicate that does not fit", () => {
  it("names the fields that come near, and the value that is wanted", async () => {
    const dataset = await openDataset(join(copy(), "d.tar"), { plugins: [manifests()] });
    const wrong = (p: Predicate): unknown => {
      try {
        return dataset.where(p);
      } catch (error) {
        return error;
      }
    };
    expect(wrong({ op: "=", field: "txt", value: "a" })).toMatchObject({ code: "PREDICATE_INVALID", hint: "text" });
    expect(wrong({ op: "=", field: "n", value: "a" })).toMatchObject({ code: "PREDICATE_INVALID" });
    expect(wrong({ op: "contains", field: "text", value: "a" })).toMatchObject({ code: "PREDICATE_INVALID" });
  });
});

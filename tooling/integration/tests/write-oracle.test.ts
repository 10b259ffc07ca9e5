import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  dict,
  float,
  fromNested,
  fromStrings,
  int,
  int64,
  list,
  ndarray,
  optional,
  type ShardInfo,
  sample,
  str,
  transpose,
} from "@atdata/core";
import { datasetWriter, writeDataset } from "@atdata/wds/node";
import { decodeMulti } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { Basic, basic } from "../src/fixtures.ts";
import { scratch } from "../src/scratch.ts";
import { unpackTar } from "../src/tar.ts";

const folder = scratch();
const basics = Array.from({ length: 250 }, (_, i) => basic(i));

const Rules = sample("Rules", {
  zero: float(),
  whole: float(),
  count: int(),
  large: int64(),
  values: list(float()),
  scores: dict(float()),
  turned: ndarray("int16"),
  words: ndarray("str"),
  absent: optional(str()),
  absentArray: optional(ndarray()),
});
const rules = {
  zero: 0,
  whole: 7,
  count: 7,
  large: 2n ** 63n,
  values: [1, 2.5],
  scores: { a: 1 },
  turned: transpose(
    fromNested(
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      "int16",
    ),
  ),
  words: fromStrings(["ab", "cde"]),
};

async function payloads(dataset: {
  readonly shards: readonly ShardInfo[];
}): Promise<{ name: string; bytes: Uint8Array }[]> {
  const files = await Promise.all(dataset.shards.map(({ url }) => unpackTar(new Uint8Array(readFileSync(url)))));
  return files.flat();
}

function decodeOne(bytes: Uint8Array): Record<string, unknown> {
  const values = [...decodeMulti(bytes, { useBigInt64: true })];
  expect(values.length).toBe(1);
  return values[0] as Record<string, unknown>;
}

/** The bytes that follow the name of a field in a payload. */
function after(bytes: Uint8Array, field: string): Uint8Array {
  const name = Buffer.concat([Buffer.from([0xa0 + field.length]), Buffer.from(field)]);
  const at = Buffer.from(bytes).indexOf(name);
  expect(at).toBeGreaterThan(0);
  return bytes.subarray(at + name.length);
}

describe("what this library writes", () => {
  it("is listed and extracted by GNU tar, byte for byte what tar-stream finds", async () => {
    const dataset = await writeDataset(Basic, basics, join(folder, "gnu.tar"), { maxSamples: 100, keyPrefix: "part/" });
    expect(dataset.shards.map(({ url }) => basename(url))).toEqual([0, 1, 2].map((n) => `gnu-00000${n}.tar`));
    const keys: string[] = [];
    for (const [n, { url }] of dataset.shards.entries()) {
      const files = await unpackTar(new Uint8Array(readFileSync(url)));
      const listed = execFileSync("tar", ["--list", "--file", url], { encoding: "utf8" }).trim().split("\n");
      expect(listed).toEqual(files.map(({ name }) => name));
      const into = join(folder, `extracted-${n}`);
      mkdirSync(into);
      execFileSync("tar", ["--extract", "--file", url, "--directory", into]);
      for (const { name, bytes } of files) expect(new Uint8Array(readFileSync(join(into, name)))).toEqual(bytes);
      keys.push(...files.map(({ name }) => name.replace(/\.msgpack$/, "")));
    }
    expect(keys).toEqual(basics.map((_, i) => `part/${String(i).padStart(9, "0")}`));
  });

  it("has names that GNU tar reads whatever their length and script", async () => {
    const keys = ["k".repeat(99), "a".repeat(100), "d/".repeat(90).concat("e"), "é".repeat(80), "日本/語", "a b"];
    const writer = await datasetWriter(Basic, join(folder, "names.tar"));
    for (const key of keys) await writer.write(basic(0), { key });
    await writer.close();
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const listed = execFileSync("tar", ["--list", "--quoting-style=literal", "--file", join(folder, "names.tar")], {
      env,
    });
    const names = keys.map((key) => `${key}.msgpack`);
    expect(listed.toString().trim().split("\n")).toEqual(names);
    const found = await unpackTar(new Uint8Array(readFileSync(join(folder, "names.tar"))));
    expect(found.map(({ name }) => name)).toEqual(names);
  });

  it("gives every sample to an independent msgpack reader as one map of all declared fields in order", async () => {
    const dataset = await writeDataset(Basic, basics, join(folder, "map.tar"));
    const files = await payloads(dataset);
    expect(files.length).toBe(basics.length);
    files.forEach(({ bytes }, i) => {
      const map = decodeOne(bytes);
      const want = basic(i);
      expect(Object.keys(map)).toEqual(Object.keys(Basic.fields));
      expect(map).toMatchObject({ name: want.name, score: want.score, ok: want.ok, tags: want.tags, raw: want.raw });
      expect(Number(map.count)).toBe(want.count);
      // Absent optionals are written, as nil.
      expect(map.note).toBe(want.note ?? null);
      expect(map.opt_image === null).toBe(want.opt_image === undefined);
    });
  });

  it("has dot-free keys, each unique", async () => {
    const files = await payloads(await writeDataset(Basic, basics, join(folder, "dots.tar"), { maxSamples: 60 }));
    for (const { name } of files) expect(name).toMatch(/^[^.]+\.msgpack$/);
    expect(new Set(files.map(({ name }) => name)).size).toBe(basics.length);
  });

  it("writes floats as float64 even when whole, integers as integers, bytes as bin, absent values as nil", async () => {
    const [file] = await payloads(await writeDataset(Rules, [rules], join(folder, "rules.tar")));
    const bytes = file?.bytes ?? new Uint8Array();
    expect(Buffer.from(after(bytes, "zero").subarray(0, 9)).toString("hex")).toBe("cb0000000000000000");
    expect(Buffer.from(after(bytes, "whole").subarray(0, 9)).toString("hex")).toBe("cb401c000000000000");
    expect(after(bytes, "count")[0]).toBe(7);
    expect(Buffer.from(after(bytes, "large").subarray(0, 9)).toString("hex")).toBe("cf8000000000000000");
    expect(Buffer.from(after(bytes, "values").subarray(0, 2)).toString("hex")).toBe("92cb");
    expect(Buffer.from(after(bytes, "scores").subarray(0, 4)).toString("hex")).toBe("81a161cb");
    expect(after(bytes, "absent")[0]).toBe(0xc0);
    expect(after(bytes, "absentArray")[0]).toBe(0xc0);
    const map = decodeOne(bytes);
    expect(map.large).toBe(2n ** 63n);
    expect(map.values).toEqual([1, 2.5]);
    expect(map.scores).toEqual({ a: 1 });
  });

  it("writes arrays in the compact encoding, C order", async () => {
    const [file] = await payloads(await writeDataset(Rules, [rules], join(folder, "arrays.tar")));
    const bytes = file?.bytes ?? new Uint8Array();
    expect(after(bytes, "turned")[0]).toBe(0xc4);
    const { turned, words } = decodeOne(bytes);
    // "<i2", two axes of 3 and 2, then columns before rows.
    const shape = "0300000000000000 0200000000000000".replace(" ", "");
    expect(Buffer.from(turned as Uint8Array).toString("hex")).toBe(`033c693202${shape}000003000100040002000500`);
    expect(Buffer.from(words as Uint8Array).toString("hex")).toBe(
      "033c5533010200000000000000610000006200000000000000630000006400000065000000",
    );
  });

  it("writes no field that the type does not declare", async () => {
    const stray = [{ ...basic(0), extra: 1 }];
    await expect(writeDataset(Basic, stray, join(folder, "stray.tar"))).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
    const [file] = await payloads(await writeDataset(Basic, stray, join(folder, "stray.tar"), { extra: "ignore" }));
    expect(Object.keys(decodeOne(file?.bytes ?? new Uint8Array()))).toEqual(Object.keys(Basic.fields));
  });

  it("records the sha256 and size that sha256sum and stat find", async () => {
    const dataset = await writeDataset(Basic, basics, join(folder, "sums.tar"), { maxSamples: 99 });
    for (const { url, sha256, bytes } of dataset.shards) {
      const line = execFileSync("sha256sum", [url], { encoding: "utf8" });
      expect(line.split(" ")[0]).toBe(sha256);
      expect(readFileSync(url).length).toBe(bytes);
    }
  });

  it("is the same bytes every time", async () => {
    const sums = ["once", "twice"].map(async (name) => {
      mkdirSync(join(folder, name));
      const { shards } = await writeDataset(Basic, basics, join(folder, name, "same.tar"), { maxShardBytes: 100_000 });
      return shards.map(({ url }) => createHash("sha256").update(readFileSync(url)).digest("hex"));
    });
    const [first, second] = await Promise.all(sums);
    expect(first).toEqual(second);
    expect(first?.length).toBeGreaterThan(2);
  });
});

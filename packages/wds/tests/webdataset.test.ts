import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bytes,
  contiguous,
  dict,
  int,
  isNdArray,
  ndarray,
  type RawSample,
  type SampleType,
  STEP_RECORD,
  sample,
  str,
} from "@atdata/core";
import { describe, expect, test } from "vitest";
import { wds as webWds } from "../src/format.ts";
import { wds } from "../src/node/format.ts";
import { endMark, member, pax, read } from "./archive.ts";
import { unwrapped } from "./chunked.ts";

const folder = join(import.meta.dirname, "../../../fixtures/webdataset");
const load = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const parse = <T>(name: string) => JSON.parse(new TextDecoder().decode(load(name))) as T;

const expected = parse<{ key: string; members: Record<string, unknown> }[]>("plain.json");

function readAll(archive: Uint8Array, format = wds(), type?: SampleType): { key: string; members: RawSample }[] {
  const reader = format.reader({ shard: "plain.tar" });
  const found = [];
  reader.push(archive);
  while (reader.next() === STEP_RECORD) {
    const members = format.decodeMembers?.(reader.members() ?? [], type) ?? {};
    found.push({ key: reader.key(), members });
  }
  return found;
}

/** Values in the form of `plain.json`. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  if (isNdArray(value))
    return { dtype: value.dtype, shape: value.shape, data: Array.from(contiguous(value).data as Float32Array) };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

describe("a WebDataset that Python wrote", () => {
  test("has the samples, files and values that Python reads", () => {
    expect(readAll(load("plain.tar")).map(({ key, members }) => ({ key, members: plain(members) }))).toEqual(expected);
  });

  test("is read through gzip, on every platform", async () => {
    const want = expected.map(({ key, members: { "json.gz": _, ...members } }) => ({ key, members }));
    for (const format of [wds(), webWds()]) {
      const found = readAll(await unwrapped(format, load("plain.tar.gz")), format);
      expect(found.map(({ key, members }) => ({ key, members: plain(members) }))).toEqual(want);
    }
  });

  test("is read as a declared type", () => {
    const format = wds({
      members: { image: "jpg", mask: "seg.png", label: "cls", features: "npy", grid: "fortran.npy", ids: "mp" },
    });
    const type = sample("Labelled", {
      image: bytes(),
      mask: bytes(),
      label: int(),
      txt: str(),
      json: dict(),
      features: ndarray("float32", [2, null]),
      grid: ndarray("int16", [2, 3]),
      ids: dict(),
    });
    const found = readAll(load("plain.tar"), format, type);
    expect(found.every(({ members }) => type.is(members))).toBe(true);
    const want = expected.map(({ members: m }) => ({
      ...{ image: m.jpg, mask: m["seg.png"], label: m.cls, txt: m.txt, json: m.json },
      ...{ features: m.npy, grid: m["fortran.npy"], ids: m.mp },
    }));
    expect(found.map(({ members }) => plain(members))).toEqual(want);
  });
});

test("names are taken apart as Python takes them, but for hidden files in a folder, which are no samples here", () => {
  const names = parse<[string, [string, string] | null][]>("names.json");
  expect(names.length).toBeGreaterThan(30);
  for (const [name, want] of names) {
    const found = read(...(name.length > 100 ? [pax({ path: name })] : []), member(name, ""), endMark);
    const [first] = found.map(({ key, content }) => [
      key,
      typeof content === "string" ? "msgpack" : Object.keys(content)[0],
    ]);
    const isHidden = /\/\.[^/]*$/.test(name);
    expect(first ?? null, name).toEqual(isHidden ? null : want);
  }
});

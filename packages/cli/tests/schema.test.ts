import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { int, list, ndarray, optional, sample, schemaToLocal, str } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import { beforeAll, describe, expect, test } from "vitest";
import { atdata, fixtures, json, jsonLines, scratch } from "./cli.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const Digit = sample(
  "Digit",
  { image: ndarray("uint8", [28, 28]), label: int({ description: "which digit" }), note: optional(str()) },
  { version: "1.2.0", description: "a digit" },
);
const image = { data: new Uint8Array(784).fill(9), shape: [28, 28], dtype: "uint8" as const };
const single = join(fixtures, "python/single.tar");
const plain = join(fixtures, "webdataset/plain.tar");

beforeAll(async () => {
  await writeDataset(
    Digit,
    [
      { image, label: 1 },
      { image, label: 2, note: "x" },
      { image, label: 3 },
    ],
    at("digits.tar"),
    { maxSamples: 2 },
  );
});

describe("a dataset with a stored type", () => {
  test("is inspected by its dataset.json, name, shards or folder", async () => {
    const shard = (n: number, samples: number) => ({
      url: at(`digits-00000${n}.tar`),
      bytes: expect.any(Number),
      samples,
    });
    const schema = {
      name: "Digit",
      version: "1.2.0",
      fields: [
        { name: "image", kind: "ndarray", dtype: "uint8", shape: [28, 28], optional: false },
        { name: "label", kind: "int", optional: false },
        { name: "note", kind: "str", optional: true },
      ],
    };
    for (const ref of ["digits.dataset.json", "digits.tar", "digits-*.tar", "."]) {
      const found = await json<{ bytes: number; shards: { bytes: number }[] }>("inspect", at(ref), "--json");
      expect(found).toEqual({ shards: [shard(0, 2), shard(1, 1)], samples: 3, bytes: found.bytes, schema });
      expect(found.bytes).toBe(found.shards.reduce((sum, { bytes }) => sum + bytes, 0));
    }
  });

  test("is previewed by its type: declared order, absent fields null", async () => {
    const [first, second] = await jsonLines("preview", at("digits.tar"), "--json");
    expect(Object.keys(first?.sample ?? {})).toEqual(["image", "label", "note"]);
    expect(first).toEqual({
      key: "000000000",
      sample: {
        image: { $ndarray: { dtype: "uint8", shape: [28, 28], data: Array(784).fill(9) } },
        label: 1,
        note: null,
      },
    });
    expect(second?.sample.note).toBe("x");
  });

  test("shows its type in the local form, which --type and diff read back", async () => {
    const { status, stdout, stderr } = await atdata(["schema", "show", at("digits.tar"), "--json"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual(schemaToLocal(Digit));
    writeFileSync(at("digit.schema.json"), stdout);
    for (const file of ["digit.schema.json", "digits.dataset.json"]) {
      const [found] = await jsonLines("preview", at("digits-000001.tar"), "--json", "--type", at(file));
      expect(found?.sample.label).toBe(3);
    }
    expect((await atdata(["schema", "diff", at("digits.tar"), at("digit.schema.json")])).status).toBe(0);
  });

  test("is shown to people with what each field holds", async () => {
    expect((await atdata(["schema", "show", at("digits.tar")])).stdout).toMatchSnapshot();
  });
});

describe("schema infer", () => {
  test("finds a type that all samples looked at fit, and preview decodes them by it", async () => {
    const { stdout, stderr } = await atdata(["schema", "infer", single, "--name", "Basic", "--json"]);
    expect(stderr).toBe("inferred from the first 3 samples\n");
    expect(JSON.parse(stdout)).toMatchObject({
      name: "Basic",
      fields: [
        { name: "name", fieldType: { $type: "local#primitive", primitive: "str" }, optional: false },
        { name: "count", fieldType: { primitive: "int" } },
        { name: "score", fieldType: { primitive: "float" } },
        { name: "ok", fieldType: { primitive: "bool" } },
        { name: "raw", fieldType: { primitive: "bytes" } },
        { name: "tags", fieldType: { $type: "local#array", items: { primitive: "str" } } },
        { name: "image", fieldType: { $type: "local#ndarray", dtype: "float32", shape: [2, 3] }, optional: false },
        { name: "note", optional: true },
        { name: "opt_image", fieldType: { $type: "local#ndarray", dtype: "int64", shape: [1] }, optional: true },
      ],
    });
    writeFileSync(at("basic.json"), stdout);
    expect(await jsonLines("preview", single, "--json", "--type", at("basic.json"))).toEqual(
      await jsonLines("preview", single, "--json"),
    );
  });

  test("looks at no more samples than it is told to", async () => {
    const { stdout, stderr } = await atdata(["schema", "infer", single, "--samples", "1", "--json"]);
    expect(stderr).toBe("inferred from the first 1 sample\n");
    expect(JSON.parse(stdout).fields.every(({ optional }: { optional: boolean }) => !optional)).toBe(true);
  });

  test("refuses a name that no type may have", async () => {
    const { status, stdout, stderr } = await atdata(["schema", "infer", single, "--name", "no name"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^atdata: error\[SCHEMA_INVALID\]: .*no name/);
  });
});

describe("a plain WebDataset of several files a sample", () => {
  test("is inspected and previewed with a field for each file", async () => {
    const { samples, schema } = await json<{ samples: number; schema: { fields: { name: string; kind: string }[] } }>(
      "inspect",
      plain,
      "--json",
    );
    const kinds = Object.fromEntries(schema.fields.map(({ name, kind }) => [name, kind]));
    expect(samples).toBe(3);
    expect(kinds).toMatchObject({
      cls: "int",
      jpg: "bytes",
      json: "dict",
      npy: "ndarray",
      "seg.png": "bytes",
      txt: "str",
    });
    const [first] = await jsonLines("preview", plain, "--json");
    expect(first?.sample).toMatchObject({
      cls: 0,
      txt: "grüße 0",
      "fortran.npy": { $ndarray: { dtype: "int16", shape: [2, 3], data: [0, 1, 2, 3, 4, 5] } },
    });
  });

  test("is counted and read compressed too", async () => {
    for (const end of [".gz", ".zst"])
      expect(await json("inspect", plain + end, "--json")).toMatchObject({ samples: 3 });
  });

  test("has a type whose names tell which file they stand for", async () => {
    const { stdout, stderr } = await atdata(["schema", "infer", plain, "--json"]);
    expect(stderr).toContain('members: {"fortran_npy":"fortran.npy","json_gz":"json.gz","seg_png":"seg.png"}');
    expect(JSON.parse(stdout).fields.map(({ name }: { name: string }) => name)).toContain("seg_png");
    writeFileSync(at("plain.json"), stdout);
    const [typed] = await jsonLines("preview", plain, "--json", "--type", at("plain.json"));
    const [untyped] = await jsonLines("preview", plain, "--json");
    const { "fortran.npy": array, "json.gz": gz, "seg.png": png, ...rest } = untyped?.sample ?? {};
    expect(typed).toEqual({ key: untyped?.key, sample: { ...rest, fortran_npy: array, json_gz: gz, seg_png: png } });
    const { status, stdout: same } = await atdata(["schema", "diff", plain, `${plain}.zst`]);
    expect([status, same]).toEqual([0, "the types are the same\n"]);
  });
});

describe("schema diff", () => {
  const Later = sample("Later", { image: ndarray("uint8", [28, null]), label: int(), tags: list(str()) });

  test("tells what was added, removed and changed, and the step; status 1 where types differ", async () => {
    writeFileSync(at("later.json"), JSON.stringify(schemaToLocal(Later)));
    const { status, stdout, stderr } = await atdata(["schema", "diff", at("digits.tar"), at("later.json"), "--json"]);
    expect([status, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toEqual({
      added: [{ field: "tags", to: "list of str" }],
      removed: [{ field: "note", from: "str?" }],
      changed: [{ field: "image", from: "ndarray uint8 28×28", to: "ndarray uint8 28×any" }],
      compatibility: "major",
    });
    expect((await atdata(["schema", "diff", at("digits.tar"), at("later.json")])).stdout).toMatchSnapshot();
  });

  test("tells minor and patch apart, and works on untyped datasets by what their samples fit", async () => {
    const Noted = sample("Digit", { ...Digit.fields, label: int() });
    const More = sample("Digit", { ...Digit.fields, more: optional(int()) });
    writeFileSync(at("noted.json"), JSON.stringify(schemaToLocal(Noted)));
    writeFileSync(at("more.json"), JSON.stringify(schemaToLocal(More)));
    for (const [file, step] of [
      ["noted.json", "patch"],
      ["more.json", "minor"],
    ] as const) {
      const { status, stdout } = await atdata(["schema", "diff", at("digits.tar"), at(file), "--json"]);
      expect([status, JSON.parse(stdout).compatibility]).toEqual([1, step]);
    }
    const untyped = await atdata(["schema", "diff", single, join(fixtures, "python/sharded"), "--json"]);
    expect([untyped.status, JSON.parse(untyped.stdout)]).toEqual([
      0,
      { added: [], removed: [], changed: [], compatibility: "same" },
    ]);
    expect(untyped.stderr).toMatch(
      /single\.tar: no type is stored with it; inferred from the first 3 samples\n.*sharded: .* 5 samples\n/,
    );
  });
});

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  float,
  int,
  int64,
  list,
  ndarray,
  optional,
  type SampleType,
  sample,
  schemaToLocal,
  str,
  structured,
} from "@atdata/core";
import { sparse } from "@atdata/core/sparse";
import { expect, test } from "vitest";
import { atdata, fixtures, json, jsonLines, scratch } from "./cli.ts";
import { writeDigits } from "./digits.ts";
import { writeSamples as writeTar } from "./tar.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
let count = 0;

/** Writes an input file, and names a target for it. */
function given(suffix: string, content: string | Uint8Array): [string, ...string[]] {
  count += 1;
  writeFileSync(at(`in-${count}${suffix}`), content);
  return [at(`out-${count}.tar`), "--from", at(`in-${count}${suffix}`)];
}

const lines = (...rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const samplesOf = async (target: string): Promise<unknown[]> =>
  (await jsonLines("preview", target, "--json", "-n", "1000")).map((each) => each.sample);
const fieldsOf = async (target: string): Promise<unknown> =>
  (await json<{ schema: { fields: unknown } }>("inspect", target, "--json")).schema.fields;
const typeFile = (type: SampleType<never>): string => {
  count += 1;
  writeFileSync(at(`type-${count}.json`), JSON.stringify(schemaToLocal(type as SampleType)));
  return at(`type-${count}.json`);
};

test("JSON Lines are written with the type that the first lines fit, which is shown before", async () => {
  const [target, ...from] = given(
    ".jsonl",
    '{"label":7,"ink":1.0,"tags":["a"]}\n\n{"label":8,"ink":2,"tags":[],"note":"x"}\r\n',
  );
  const { status, stdout, stderr } = await atdata(["write", target, ...from, "--name", "Digit"]);
  expect([status, stdout.replaceAll(folder, "…")]).toMatchSnapshot();
  expect(stderr).toMatchSnapshot();
  expect(await jsonLines("preview", target, "--json")).toEqual([
    { key: "000000000", sample: { label: 7, ink: 1, tags: ["a"], note: null } },
    { key: "000000001", sample: { label: 8, ink: 2, tags: [], note: "x" } },
  ]);
  expect(await json("query", target, "label = 8", "--plan", "--json")).toMatchObject({ strategy: "index" });
});

test("whole numbers that a double would round stay what they are, and floats that are whole stay floats", async () => {
  const [target, ...from] = given(".ndjson", '{"big":9007199254740993,"whole":1e2}\n{"big":-3,"whole":2.0}\n');
  await json("write", target, ...from, "--json");
  expect(await samplesOf(target)).toEqual([
    { big: "9007199254740993", whole: 100 },
    { big: -3, whole: 2 },
  ]);
  expect(await fieldsOf(target)).toMatchObject([{ kind: "int64" }, { kind: "float" }]);
});

test("what preview prints is written back as it was, by the type it had", async () => {
  const Rich = sample("Rich", {
    image: ndarray("uint8", [2, 2]),
    time: ndarray("datetime64[s]"),
    waves: optional(ndarray("complex64", [null])),
    id: int64(),
    scores: list(float()),
  });
  const rows = [
    {
      image: { $ndarray: { dtype: "uint8", shape: [2, 2], data: [1, 2, 3, 255] } },
      time: { $ndarray: { dtype: "datetime64[s]", shape: [2], data: [5, "NaT"] } },
      waves: { $ndarray: { dtype: "complex64", shape: [2], data: [1, -1, "NaN", 0.5] } },
      id: "18446744073709551615",
      scores: ["NaN", "-Infinity", 1],
    },
    {
      image: { $ndarray: { dtype: "uint8", shape: [2, 2], data: [0, 0, 0, 0] } },
      time: { $ndarray: { dtype: "datetime64[s]", shape: [], data: [7] } },
      waves: null,
      id: 1,
      scores: [],
    },
  ];
  const [target, ...from] = given(".jsonl", lines(...rows));
  await json("write", target, ...from, "--type", typeFile(Rich as SampleType<never>), "--no-manifests", "--json");
  expect(await samplesOf(target)).toEqual(rows);
});

test("nested lists are arrays where the type says so, and bytes are what the kind is stored as", async () => {
  const Table = sample("Table", {
    grid: ndarray("float32", [null, 2]),
    hits: optional(structured()),
    graph: optional(sparse()),
  });
  const type = typeFile(Table as SampleType<never>);
  const [target, ...from] = given(
    ".jsonl",
    lines(
      {
        grid: [
          [1, 2],
          [3, 4.5],
        ],
      },
      { grid: [] },
    ),
  );
  const { stderr } = await atdata(["write", target, ...from, "--type", type]);
  expect(stderr).toContain("line=2; field=grid");
  const [good, ...fine] = given(
    ".jsonl",
    lines({
      grid: [
        [1, 2],
        [3, 4.5],
      ],
      extra: 1,
    }),
  );
  const written = await atdata(["write", good, ...fine, "--type", type]);
  expect([written.status, written.stderr]).toEqual([0, "left out, because Table has no such fields: extra\n"]);
  const [keyed, ...rows] = given(".csv", 'id,grid,extra\nx,"[[1,2],[3,4.5]]",1\n');
  const byKey = await atdata(["write", keyed, ...rows, "--type", type, "--key", "id"]);
  expect([byKey.status, byKey.stderr]).toEqual([0, "left out, because Table has no such fields: extra\n"]);
  expect(await jsonLines("preview", keyed, "--json")).toMatchObject([{ key: "x" }]);
  expect(await samplesOf(good)).toMatchObject([{ grid: { $ndarray: { shape: [2, 2], data: [1, 2, 3, 4.5] } } }]);
});

test("stdin is JSON Lines unless --format says otherwise; files may be packed with gzip", async () => {
  for (const [text, format] of [
    [lines({ a: 1 }, { a: 2 }), []],
    ["a\n1\n2\n", ["--format", "csv"]],
  ] as const) {
    count += 1;
    const args = ["write", at(`out-${count}.tar`), "--from", "-", ...format];
    const child = spawn(process.execPath, [join(import.meta.dirname, "../src/bin.ts"), ...args]);
    child.stdin.end(text);
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status).toBe(0);
    expect(await samplesOf(at(`out-${count}.tar`))).toEqual([{ a: 1 }, { a: 2 }]);
  }
  const [target, ...from] = given(".jsonl.gz", gzipSync(lines({ a: 1 })));
  await json("write", target, ...from, "--json");
  expect(await samplesOf(target)).toEqual([{ a: 1 }]);
  const [cut, ...broken] = given(".csv.gz", gzipSync(`a\n${"12345\n".repeat(9999)}`).subarray(0, 60));
  expect((await atdata(["write", cut, ...broken])).stderr).toContain(
    "error[INPUT_INVALID]: the file cannot be unpacked",
  );
});

test("columns of CSV are whole numbers, floats, true and false, or text; an empty cell is no value", async () => {
  const head = '\ufeffid,"sepal length (cm)",ok,zip,mixed,empty,note\r\n';
  const [target, ...from] = given(".csv", `${head}1,1.0,true,007,1,,"a ""b"",\nc"\r\n\r\n2,nan,FALSE,123,x,,\r\n`);
  await json("write", target, ...from, "--key", "id", "--json");
  expect(await fieldsOf(target)).toEqual(
    [
      ["id", "int", false],
      ["sepal_length__cm_", "float", false],
      ["ok", "bool", false],
      ["zip", "str", false],
      ["mixed", "str", false],
      ["empty", "str", true],
      ["note", "str", true],
    ].map(([name, kind, optional]) => ({ name, kind, optional })),
  );
  expect(await jsonLines("preview", target, "--json")).toEqual([
    {
      key: "1",
      sample: { id: 1, sepal_length__cm_: 1, ok: true, zip: "007", mixed: "1", empty: null, note: 'a "b",\nc' },
    },
    {
      key: "2",
      sample: { id: 2, sepal_length__cm_: "NaN", ok: false, zip: "123", mixed: "x", empty: null, note: null },
    },
  ]);
});

test("cells of a given type may be JSON; text that must be there may be empty", async () => {
  const Row = sample("Row", { vec: ndarray("float32", [2]), tags: list(str()), name: str(), id: int64() });
  const [target, ...from] = given(".tsv", 'vec\ttags\tname\tid\n[1,2]\t"[""a""]"\t\t-9223372036854775808\n');
  await json("write", target, ...from, "--type", typeFile(Row as SampleType<never>), "--json");
  expect(await samplesOf(target)).toEqual([
    {
      vec: { $ndarray: { dtype: "float32", shape: [2], data: [1, 2] } },
      tags: ["a"],
      name: "",
      id: "-9223372036854775808",
    },
  ]);
});

test("what export wrote as Parquet is a dataset again, keys and all", async () => {
  const ref = at("digits/digits.tar");
  await writeDigits(ref, false);
  await json("export", ref, at("digits.parquet"), "--json");
  const again = at("again.tar");
  expect(await json("write", again, "--from", at("digits.parquet"), "--max-samples", "25", "--json")).toMatchObject({
    samples: 60,
    shards: 3,
  });
  const whole = await jsonLines("preview", ref, "-n", "100", "--json");
  expect(await jsonLines("preview", again, "-n", "100", "--json")).toEqual(whole);
  expect(await fieldsOf(again)).toEqual(await fieldsOf(ref));
});

test("files of one name are a sample, their extensions its fields, the folder a label where wanted", async () => {
  const files = { "cat/001.seg.png": "c1", "cat/001.json": '{"w":1}', "dog/002.CLS": "2", "dog/002.seg.png": "d2" };
  for (const [name, text] of Object.entries({ ...files, "dog/.hidden.png": "", "dog/README": "" })) {
    mkdirSync(join(at("photos"), name, ".."), { recursive: true });
    writeFileSync(join(at("photos"), name), text);
  }
  await json("write", at("photos.tar"), "--from", at("photos"), "--label", "species", "--json");
  const bytes = (text: string): unknown => ({ $bytes: Buffer.from(text).toString("base64") });
  expect(await jsonLines("preview", at("photos.tar"), "--json")).toEqual([
    { key: "cat/001", sample: { json: { w: 1 }, seg_png: bytes("c1"), species: "cat", cls: null } },
    { key: "dog/002", sample: { json: null, seg_png: bytes("d2"), species: "dog", cls: 2 } },
  ]);
  writeFileSync(join(at("photos"), "dog/002.cls"), "3");
  const twice = await atdata(["write", at("twice.tar"), "--from", at("photos")]);
  expect(twice.stderr).toMatch(/error\[INPUT_INVALID\]: two files are one field.*002\.cls; field=cls/);
});

test("a label gets a name that a field may have, and none that files have", async () => {
  mkdirSync(at("shots/cat"), { recursive: true });
  writeFileSync(at("shots/cat/1.txt"), "x");
  writeFileSync(at("shots/cat/1.seg.png"), "c1");
  await json("write", at("shots.tar"), "--from", at("shots"), "--label", "my-label", "--json");
  expect(await samplesOf(at("shots.tar"))).toMatchObject([{ txt: "x", my_label: "cat" }]);
  const type = typeFile(sample("Shot", { txt: str(), my_label: str() }) as SampleType<never>);
  await json("write", at("typed-shots.tar"), "--from", at("shots"), "--label", "my-label", "--type", type, "--json");
  expect(await samplesOf(at("typed-shots.tar"))).toEqual([{ txt: "x", my_label: "cat" }]);
  for (const [label, options] of [
    ["txt", []],
    ["seg_png", []],
    ["txt", ["--type", type]],
  ] as const) {
    const args = ["write", at("none.tar"), "--from", at("shots"), "--label", label, ...options];
    const { status, stderr } = await atdata(args);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          `error\\[INPUT_INVALID\\]: the label has the name of a file's field; .*cat/1\\.\\*; .*field=${label}\n`,
        ),
      ),
    ]);
  }
});

test("a plain WebDataset gets the type that its samples fit, and keeps its keys", async () => {
  const plain = join(fixtures, "webdataset/plain.tar");
  await json("write", at("typed.tar"), "--from", plain, "--max-samples", "2", "--json");
  const keys = (entries: readonly { readonly key: string }[]): string[] => entries.map(({ key }) => key);
  expect(keys(await jsonLines("preview", at("typed.tar"), "--json"))).toEqual(
    keys(await jsonLines("preview", plain, "--json")),
  );
  expect(await fieldsOf(at("typed.tar"))).toContainEqual({ name: "seg_png", kind: "bytes", optional: false });
});

test("a sample of a shard that does not fit the given type is told itself, with what helps here", async () => {
  writeTar(at("some.tar"), { a: { label: 1 }, b: { label: 2, ink: 3 }, c: { label: 4 } });
  const type = typeFile(sample("Label", { label: int() }) as SampleType<never>);
  for (const args of [
    ["write", at("none.tar"), "--from", at("some.tar"), "--type", type],
    ["export", at("some.tar"), at("none.parquet"), "--type", type],
  ]) {
    const { status, stderr } = await atdata(args);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^atdata: error\[SCHEMA_MISMATCH\]: .*extra=ink; shard=.*some\.tar; key=b; .*\n {2}try: .*atdata schema infer.*\n$/,
      ),
    ]);
  }
});

test("a value that does not fit is told with file, line and field, and nothing is written", async () => {
  const good = lines({ label: 1, tags: ["a"] });
  for (const [suffix, content, args, tells] of [
    [
      ".jsonl",
      `${good}${lines({ label: "x", tags: [] })}`,
      ["-n", "1"],
      /want int, got "x"; file=.*; line=2; field=label\n {2}try: .*--samples/,
    ],
    [".jsonl", `${good}${lines({ label: 2 })}`, ["-n", "1"], /missing: want list of str; .*line=2; field=tags/],
    [
      ".jsonl",
      `${good}${lines({ label: 2, tags: [], ink: 1 })}`,
      ["-n", "1"],
      /first samples do not have; .*line=2; field=ink/,
    ],
    [".jsonl", `${good}{"label":\n`, [], /the line is not JSON: .*; line=2/],
    [".jsonl", `${good}[1]\n`, [], /the line is not an object; .*line=2\n {2}try: /],
    [".jsonl", Buffer.from([0x22, 0xff]), [], /not UTF-8; file=/],
    [".jsonl", `${good}${good}`, ["--key", "label"], /a sample with this key was written before; key=1; .*line=2/],
    [".jsonl", good, ["--key", "none"], /no text or number to take as the key; .*line=1; field=none/],
    [
      ".jsonl",
      `${good}${lines({ label: "x", tags: [] })}`,
      [],
      /no kind of field holds all of its values: int, str; field=label; file=/,
    ],
    [".csv", "a,b\n1,2\n3\n", [], /the row is not CSV: .*; line=3/],
    [".csv", "a,a\n1,2\n", [], /two columns have one name; .*line=1; field=a/],
    [".csv", "a\n1\n2.5\n", ["-n", "1"], /want int, got "2.5"; .*line=3; field=a/],
    [".parquet", "PAR1 but not really", [], /cannot be read as Parquet/],
  ] as const) {
    const [target, ...from] = given(suffix, content);
    const before = readdirSync(folder, { recursive: true });
    const { status, stdout, stderr } = await atdata(["write", target, ...from, ...args]);
    expect([suffix, status, stdout]).toEqual([suffix, 1, ""]);
    expect(stderr).toMatch(/atdata: error\[INPUT_INVALID\]: /);
    expect(stderr).toMatch(tells);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  }
});

test("an input that is not there, is empty, or is of several forms is refused", async () => {
  const [target, ...from] = given(".csv", "a,b\n");
  for (const [args, code] of [
    [from, "DATASET_EMPTY"],
    [["--from", at("none.jsonl")], "NOT_FOUND"],
    [["--from", at("none.parquet")], "NOT_FOUND"],
    [["--from", at("none")], "NOT_FOUND"],
    [["--from", at("a.csv"), at("b.jsonl")], "UNSUPPORTED"],
    [["--from", at("a.csv"), "--label", "x"], "UNSUPPORTED"],
  ] as const) {
    const { status, stderr } = await atdata(["write", target, ...args]);
    expect([args, status, stderr]).toEqual([args, 1, expect.stringContaining(`error[${code}]`)]);
  }
  expect((await atdata(["write", target, ...from, "--max-bytes", "many"])).status).toBe(2);
});

test("a dataset of that name is replaced only with --overwrite", async () => {
  const [target, ...from] = given(".jsonl", lines({ a: 1 }));
  await json("write", target, ...from, "--no-manifests", "--json");
  const before = readFileSync(target);
  const again = await atdata(["write", target, ...from]);
  expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/DATASET_EXISTS(?:.|\n)*--overwrite/)]);
  expect(readFileSync(target)).toEqual(before);
  writeFileSync(from[1] as string, lines({ a: 2 }));
  await json("write", target, ...from, "--overwrite", "--json");
  expect(await samplesOf(target)).toEqual([{ a: 2 }]);
});

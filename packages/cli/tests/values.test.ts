import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fixtures, json, jsonLines, scratch } from "./cli.ts";
import { writeSamples } from "./tar.ts";

interface Vector {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly (string | boolean | readonly string[])[];
  readonly npy: string;
  readonly compact?: string;
}

const folder = scratch();
const vectors = <T = Vector>(name: string): Record<string, T> =>
  JSON.parse(readFileSync(join(fixtures, "python-extra", name), "utf8"));
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const plainNames: Readonly<Record<string, string>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};

/** numpy's dtype string as the plain name. */
function plainName(dtype: string): string {
  const code = dtype.slice(1);
  if (/^[US]/.test(code)) return code.startsWith("U") ? "str" : "bytes";
  return (
    plainNames[code] ?? code.replace(/^M8/, "datetime64").replace(/^m8/, "timedelta64").replace(/4$/, "4[generic]")
  );
}

/** One of Python's printed numbers in the JSON form. */
function numberForm(text: string, dtype: string): unknown {
  if (/^[+-]?(nan|inf)$/.test(text)) return text.replace("inf", "Infinity").replace("nan", "NaN");
  if (/^[<>|][Mm]/.test(dtype) && text === String(-(2n ** 63n))) return "NaT";
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  // JSON in JavaScript has one zero.
  return Number(text) + 0;
}

function dataForm({ dtype, values }: Pick<Vector, "dtype" | "values">): unknown[] {
  if (/^.U/.test(dtype)) return [...values];
  if (/^.S/.test(dtype)) return values.map((hex) => Buffer.from(hex as string, "hex").toString("base64"));
  return values.flat().map((value) => (typeof value === "boolean" ? value : numberForm(value as string, dtype)));
}

/** One line a field, so that a snapshot can be read. */
function lines(sample: object): string {
  return Object.entries(sample)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join("\n");
}

describe("arrays in an untyped shard", () => {
  test.each(["npy", "compact"] as const)("are shown with dtype, shape and flat data, from %s bytes", async (form) => {
    const all = Object.entries(vectors("arrays.json")).filter(([, vector]) => vector[form] !== undefined);
    expect(all.length).toBeGreaterThan(20);
    const path = join(folder, `${form}.tar`);
    writeSamples(path, { a: Object.fromEntries(all.map(([name, vector]) => [name, bytes(vector[form] as string)])) });
    const [found] = await jsonLines("preview", path, "--json");
    for (const [name, vector] of all) {
      const { dtype, shape } = vector;
      const want = { $ndarray: { dtype: plainName(dtype), shape, data: dataForm(vector) } };
      expect([name, found?.sample[name]]).toEqual([name, want]);
    }
  });

  test("are only bytes where anything follows them, or inside lists", async () => {
    const one = "037c753101020000000000000001ff";
    const path = join(folder, "almost.tar");
    writeSamples(path, {
      a: { exact: bytes(one), longer: bytes(`${one}00`), shorter: bytes(one.slice(0, -2)), list: [bytes(one)] },
    });
    const base64 = (hex: string) => ({ $bytes: Buffer.from(hex, "hex").toString("base64") });
    expect((await jsonLines("preview", path, "--json"))[0]?.sample).toEqual({
      exact: { $ndarray: { dtype: "uint8", shape: [2], data: [1, 255] } },
      longer: base64(`${one}00`),
      shorter: base64(one.slice(0, -2)),
      list: [base64(one)],
    });
  });

  test("of records have the fields as dtype and rows as data", async () => {
    const { plain, nested } = vectors<{ readonly npy: string }>("structured.json");
    const path = join(folder, "records.tar");
    writeSamples(path, { a: { plain: bytes(plain?.npy as string), nested: bytes(nested?.npy as string) } });
    const [found] = await jsonLines("preview", path, "--json");
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    expect(found?.sample.plain).toEqual({
      $ndarray: {
        dtype: [
          ["x", "float32"],
          ["n", "int64"],
          ["s", "bytes"],
          ["u", "str"],
        ],
        shape: [2],
        data: [
          [1.5, 2, base64("ab"), "x"],
          [-1, 3, base64("c"), "yz"],
        ],
      },
    });
    expect(lines({ nested: found?.sample.nested })).toMatchSnapshot();
  });
});

test("scalars keep what JSON has no words for", async () => {
  const path = join(folder, "scalars.tar");
  const sample = {
    big: 2n ** 63n,
    negative: -(2n ** 63n),
    safe: 2 ** 53 - 1,
    nan: Number.NaN,
    up: Number.POSITIVE_INFINITY,
    down: Number.NEGATIVE_INFINITY,
    whole: 1e300,
    nothing: null,
    text: "a\u0000é😀",
    list: [1.5, [Number.NaN]],
    dict: { $bytes: 1, __proto: true },
    bytes: bytes("00ff"),
  };
  writeSamples(path, { a: sample });
  expect((await jsonLines("preview", path, "--json"))[0]?.sample).toEqual({
    ...sample,
    big: "9223372036854775808",
    negative: "-9223372036854775808",
    nan: "NaN",
    up: "Infinity",
    down: "-Infinity",
    list: [1.5, ["NaN"]],
    bytes: { $bytes: "AP8=" },
  });
});

describe("fields with codecs of their own", () => {
  const sparse = vectors<{ npz: string; shape: number[] }>("sparse.json");
  const frames = vectors<{ parquet: string }>("dataframe.json");
  const tensors = vectors<{ bytes: string }>("safetensors.json");
  const arrow = vectors<Vector & { bytes: string; names: string[] | null }>("arrow-tensor.json");
  const stored = {
    csr: ["sparse", sparse.csr?.npz],
    coo: ["sparse", sparse.coo?.npz],
    dia: ["sparse", sparse.dia?.npz],
    frame: ["dataframe", frames.fastparquet?.parquet],
    nested: ["dataframe", frames.pyarrowNested?.parquet],
    tensors: ["safetensors", tensors.all?.bytes],
    noted: ["safetensors", tensors.metadata?.bytes],
    named: ["arrow_tensor", arrow.named?.bytes],
  } as const;
  const path = join(folder, "rich.tar");
  const type = join(folder, "rich.json");
  writeSamples(path, {
    a: Object.fromEntries(Object.entries(stored).map(([name, [, hex]]) => [name, bytes(hex as string)])),
  });
  writeFileSync(
    type,
    JSON.stringify({
      name: "Rich",
      fields: [
        ...Object.entries(stored).map(([name, [kind]]) => ({
          name,
          fieldType: { $type: `local#${kind}` },
          optional: false,
        })),
        { name: "absent", fieldType: { $type: "local#sparse" }, optional: true },
      ],
    }),
  );

  test("are summed up", async () => {
    const [found] = await jsonLines("preview", path, "--json", "--type", type);
    expect(found?.sample.csr).toEqual({
      $sparse: { format: "csr", shape: sparse.csr?.shape, dtype: expect.any(String), stored: expect.any(Number) },
    });
    expect(found?.sample.absent).toBe(null);
    expect(found?.sample.named).toEqual({
      $arrowTensor: {
        dtype: plainName(arrow.named?.dtype as string),
        shape: arrow.named?.shape,
        dimensionNames: arrow.named?.names,
      },
    });
    expect(lines(found?.sample ?? {})).toMatchSnapshot();
  });

  test("are given whole with --full", async () => {
    const [found] = await jsonLines("preview", path, "--json", "--full", "--type", type);
    const named = found?.sample.named as { $arrowTensor: { data: unknown } };
    expect(named.$arrowTensor.data).toEqual(dataForm(arrow.named as Vector));
    expect(lines(found?.sample ?? {})).toMatchSnapshot();
  });

  test("are listed by inspect with the kinds of a type that is stored", async () => {
    const local = await json<{ fields: { fieldType: { $type: string } }[] }>("schema", "show", type, "--json");
    expect(local.fields.map(({ fieldType }) => fieldType.$type)).toEqual(
      [...Object.values(stored).map(([kind]) => kind), "sparse"].map((kind) => `local#${kind}`),
    );
  });
});

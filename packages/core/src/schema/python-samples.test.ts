import { describe, expect, it } from "vitest";
import { fromHex, vectors } from "../../tests/arrays.ts";
import { pythonSamples, pythonTars } from "../../tests/python-samples.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { Cursor } from "../codec/cursor.ts";
import { list, optional } from "./container-fields.ts";
import { inferType } from "./infer.ts";
import { schemaFromLocal } from "./local-form.ts";
import { ndarray } from "./ndarray-field.ts";
import { rawCodec } from "./raw.ts";
import { sample } from "./sample.ts";
import { bool, bytes, float, int, str } from "./scalar-fields.ts";

const Basic = sample("Basic", {
  name: str(),
  count: int(),
  score: float(),
  ok: bool(),
  raw: bytes(),
  tags: list(str()),
  image: ndarray("float32", [2, 3]),
  note: optional(str()),
  opt_image: optional(ndarray("int64", [null])),
});

const numbered = /n(\d)/;

describe("samples that Python wrote", () => {
  it("decode to their values", () => {
    const [first, second] = pythonSamples("single.tar").map((payload) => Basic.decode(payload));
    expect(first).toEqual({
      name: "n0",
      count: -1,
      score: 0,
      ok: true,
      raw: Uint8Array.of(0, 255),
      tags: ["a", "t0"],
      image: { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3], dtype: "float32" },
      note: "hé",
      opt_image: { data: BigInt64Array.of(0n), shape: [1], dtype: "int64" },
    });
    expect(second).toMatchObject({ name: "n1", ok: false, score: 0.5, note: undefined, opt_image: undefined });
  });

  it.each(Object.entries(pythonTars))(
    "of %s re-encode to the same bytes, typed, untyped and as inferred",
    (tar, count) => {
      const payloads = pythonSamples(tar);
      expect(payloads.length).toBe(count);
      const inferred = inferType(payloads);
      for (const payload of payloads) {
        const value = Basic.decode(payload);
        const i = Number(numbered.exec(value.name)?.[1]);
        expect(value).toMatchObject({ count: i - 1, score: i / 2, ok: i % 2 === 0, tags: ["a", `t${i}`] });
        expect(Array.from(value.image.data)).toEqual([0, 1, 2, 3, 4, 5].map((n) => n + i));
        expect(Basic.encode(value)).toEqual(payload);
        expect(inferred.encode(inferred.decode(payload))).toEqual(payload);
        const raw = reread(payload);
        // Untyped, a whole float does not stay one.
        if (i % 2 === 1) expect(rewrite(raw)).toEqual(payload);
      }
    },
  );

  it("decode by the schema that Python stored, whatever dtype it guessed", () => {
    const primitive = (name: string) => ({ $type: "local#primitive", primitive: name });
    const guessed = { $type: "local#ndarray", dtype: "float32" };
    const fieldTypes = {
      name: primitive("str"),
      count: primitive("int"),
      score: primitive("float"),
      ok: primitive("bool"),
      raw: primitive("bytes"),
      tags: { $type: "local#array", items: primitive("str") },
      image: guessed,
      note: primitive("str"),
      opt_image: guessed,
    };
    const fields = Object.entries(fieldTypes).map(([name, fieldType]) => ({
      name,
      fieldType,
      optional: name === "note" || name === "opt_image",
    }));
    const stored = schemaFromLocal({ name: "Basic", version: "1.0.0", fields });
    for (const payload of pythonSamples("single.tar")) {
      expect(stored.decode(payload)).toEqual(Basic.decode(payload));
      expect(stored.encode(stored.decode(payload))).toEqual(payload);
    }
  });

  it("of the vectors decode and re-encode to the same bytes", () => {
    const payload = fromHex(vectors<{ hex: string }>("python/vectors.json").sample0_msgpack?.hex ?? "");
    expect(Basic.decode(payload).name).toBe("n0");
    expect(Basic.encode(Basic.decode(payload))).toEqual(payload);
  });

  it("match the documented bytes", () => {
    const vec = { data: Float32Array.of(1, 2), shape: [2], dtype: "float32" as const };
    const type = sample("V", { x: ndarray("float32"), y: ndarray(), s: str() });
    const array = "c415033c66340102000000000000000000803f00000040";
    expect(type.encode({ x: vec, y: vec, s: "hi" })).toEqual(fromHex(`83a178${array}a179${array}a173a26869`));
  });
});

function reread(payload: Uint8Array): Record<string, unknown> {
  const cursor = new Cursor("copy");
  cursor.attach(payload);
  cursor.end = payload.length;
  return rawCodec.read(cursor);
}

function rewrite(value: Record<string, unknown>): Uint8Array {
  const out = new ByteWriter();
  rawCodec.write(out, value);
  return out.toBytes();
}

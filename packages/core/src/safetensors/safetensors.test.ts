import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArrayCase,
  anyArray,
  dtypes,
  expectArray,
  expectSameBits,
  fromHex,
  fuzz,
  toHex,
  vectors,
} from "../../tests/arrays.ts";
import { zeros } from "../ndarray/create.ts";
import { fromStrings } from "../ndarray/strings.ts";
import { sample } from "../schema/sample.ts";
import { decodeSafetensors, encodeSafetensors, isSafeTensors, safetensors } from "./index.ts";

interface Case {
  readonly bytes: string;
  readonly tensors: Record<string, ArrayCase>;
  readonly metadata?: Record<string, string>;
}
const cases = vectors<Case>("python-extra/safetensors.json");

describe("decodeSafetensors and encodeSafetensors", () => {
  for (const [name, want] of Object.entries(cases)) {
    it(`read and write the bytes of the reference implementation: ${name}`, () => {
      const got = decodeSafetensors(fromHex(want.bytes));
      expect(Object.keys(got.tensors).sort()).toEqual(Object.keys(want.tensors).sort());
      for (const [key, array] of Object.entries(want.tensors)) expectArray(got.tensors[key] as never, array);
      expect({ ...got.metadata }).toEqual({ ...want.metadata });
      expect(toHex(encodeSafetensors(got))).toBe(want.bytes);
    });
  }

  it("give back every array they wrote, under any name", () => {
    const stored = dtypes.filter((dtype) => !/str|bytes|time|complex128/.test(dtype));
    const name = fc.oneof(fc.constantFrom("__proto__", "", "é😀"), fc.string({ unit: "grapheme" }));
    const roundTrip = fc.property(fc.array(fc.tuple(name, anyArray(stored)), { maxLength: 4 }), (list) => {
      const tensors = Object.assign(Object.create(null), Object.fromEntries(list));
      const back = decodeSafetensors(encodeSafetensors({ tensors })).tensors;
      expect(Object.keys(back).sort()).toEqual(Object.keys(tensors).sort());
      for (const key of Object.keys(tensors)) expectSameBits(back[key] as never, tensors[key]);
    });
    fc.assert(roundTrip, { numRuns: 200 });
  });

  it("make a field kind", () => {
    const type = sample("Checkpoint", { weights: safetensors() });
    const weights = decodeSafetensors(fromHex(cases.metadata?.bytes as string));
    expect(type.decode(type.encode({ weights }))).toEqual({ weights });
    expect(() => type.encode({ weights: { tensors: { t: fromStrings(["a"]) } } })).toThrow(/SCHEMA_MISMATCH|weights/);
  });

  it("know which values have no such encoding", () => {
    expect(isSafeTensors({ tensors: {} })).toBe(true);
    for (const value of [
      null,
      {},
      { tensors: { t: 1 } },
      { tensors: { t: fromStrings(["a"]) } },
      { tensors: {}, metadata: { a: 1 } },
      { tensors: {}, metadata: ["a"] },
      { tensors: { "\ud800": zeros([1], "int8") } },
    ]) {
      expect(isSafeTensors(value)).toBe(false);
    }
    expect(() => encodeSafetensors({ tensors: { t: fromStrings(["a"]) } })).toThrow(TypeError);
  });

  const file = (header: string, data = 0): Uint8Array => {
    const text = new TextEncoder().encode(header);
    const out = new Uint8Array(8 + text.length + data);
    new DataView(out.buffer).setUint32(0, text.length, true);
    out.set(text, 8);
    return out;
  };
  const refused: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(3), /cut off after 3/],
    ["a header longer than the file", fromHex("ff00000000000000"), /ends at byte 263 of 8/],
    ["a header beyond the limit", fromHex("00000000ffffff00"), /at most 100000000/],
    ["what is not JSON", file("{"), /not JSON/],
    ["a list", file("[]"), /no object/],
    [
      "bfloat16",
      file('{"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2),
      /field=w; dtype=BF16; try: convert/,
    ],
    ["holes", file('{"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2), /start at byte 1, want 0; field=w/],
    [
      "overlap",
      file(
        '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        2,
      ),
      /field=b/,
    ],
    ["data that nobody owns", file("{}", 1), /1 bytes, the header speaks of 0/],
    [
      "a length that is not the shape's",
      file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
      /take 8 bytes, offsets say 4/,
    ],
    ["negative offsets", file('{"w":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}'), /malformed/],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}'), /no map of texts/],
  ];
  for (const [what, bytes, message] of refused) {
    it(`refuse ${what}`, () => {
      expect(() => decodeSafetensors(bytes)).toThrow(message);
    });
  }

  it("throw only AtdataError on damaged bytes", () => {
    fuzz(
      Object.values(cases).map(({ bytes }) => fromHex(bytes)),
      decodeSafetensors,
      2,
    );
  });
});

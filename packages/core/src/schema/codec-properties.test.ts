import { decode, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryDynamic, arbitrarySample, arbitraryType } from "../../tests/arbitrary-types.ts";
import { fuzz, fuzzRuns } from "../../tests/arrays.ts";
import { pythonSamples } from "../../tests/python-samples.ts";
import { Cursor } from "../codec/cursor.ts";
import { decodeDynamic, encodeDynamic } from "../codec/dynamic.ts";
import { isAtdataError } from "../errors.ts";
import { dict, list, optional } from "./container-fields.ts";
import { ndarray, notedNdArray } from "./ndarray-field.ts";
import { rawCodec } from "./raw.ts";
import { sample } from "./sample.ts";
import type { RawSample, SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

const typed: fc.Arbitrary<readonly [SampleType<RawSample>, RawSample]> = arbitraryType().chain((type) =>
  arbitrarySample(type).map((value) => [type, value] as const),
);

describe("a typed codec", () => {
  it("reads what it wrote, in every ownership, and writes the same bytes again", () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(type.is(value)).toBe(true);
        const payload = type.encode(value);
        for (const ownership of ["copy", "share", "borrow"] as const) {
          const cursor = new Cursor(ownership);
          // Arrays are views only where they are aligned: try each offset.
          for (const offset of [0, 1, 4]) {
            const memory = new Uint8Array(payload.length + 16);
            memory.set(payload, offset);
            cursor.attach(memory);
            cursor.pos = offset;
            cursor.end = offset + payload.length;
            const read = type.codec.read(cursor);
            expect(read).toEqual(value);
            expect(type.encode(read)).toEqual(payload);
          }
        }
      }),
    );
  });

  it("reads fields in any order, with others among them", () => {
    const reordered = fc.tuple(typed, fc.infiniteStream(fc.nat()), arbitraryDynamic);
    fc.assert(
      fc.property(reordered, ([[type, value], order, extra]) => {
        const payload = type.encode(value);
        const names = Object.keys(type.fields);
        const shuffled = names.map((name) => [order.next().value as number, name] as const).sort(([a], [b]) => a - b);
        const parts = new Map<string, Uint8Array>();
        for (const name of names) {
          const one: SampleType = sample("One", { [name]: type.fields[name] } as never);
          parts.set(name, one.encode({ [name]: value[name] }).subarray(1));
        }
        const bodies = [
          ...shuffled.map(([, name]) => parts.get(name) as Uint8Array),
          encodeDynamic("no field"),
          encodeDynamic(extra),
        ];
        const count = names.length + 1;
        const head = count < 16 ? [0x80 + count] : [0xde, 0, count];
        const other = Uint8Array.from([head, ...bodies.map((body) => [...body])].flat());
        expect(type.decode(other, { extra: "ignore" })).toEqual(type.decode(payload));
        expect(() => type.decode(other)).toThrow("extra=no field");
      }),
    );
  });

  it("agrees with @msgpack/msgpack about what the bytes say", () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        const payload = type.encode(value);
        // The other library refuses the key that ours makes an own property of.
        fc.pre(!Buffer.from(payload).includes("__proto__"));
        const theirs = decode(payload, { useBigInt64: true, mapKeyConverter: String }) as Record<string, unknown>;
        expect(Object.keys(theirs)).toEqual(Object.keys(type.fields));
        for (const [name, field] of Object.entries(type.fields)) {
          if (value[name] === undefined) expect(theirs[name]).toBe(null);
          else if (field.kind === "int64") expect(BigInt(theirs[name] as number)).toBe(value[name]);
          else if (field.kind === "int" || field.kind === "float") expect(Number(theirs[name])).toBe(value[name]);
          else if (field.kind === "str" || field.kind === "bool") expect(theirs[name]).toBe(value[name]);
          else if (field.kind === "bytes") expect(theirs[name]).toEqual(value[name]);
        }
      }),
    );
  });

  it("reads what @msgpack/msgpack writes", () => {
    const wide = sample("W", { w: int64() });
    const type = sample("A", { n: int(), f: float(), s: str(), b: bool(), l: list(int()), d: dict() });
    const values = fc.record({
      n: fc.maxSafeInteger().map((n) => n + 0),
      // It writes −0 as an integer.
      f: fc.double().map((x) => x + 0),
      s: fc.string({ unit: "binary" }).filter((text) => !/\p{Surrogate}/u.test(text)),
      b: fc.boolean(),
      l: fc.array(fc.integer()),
      d: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { noNullPrototype: true }),
    });
    fc.assert(
      fc.property(values, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value, w) => {
        expect(type.decode(encode(value))).toEqual(value);
        expect(wide.decode(encode({ w }, { useBigInt64: true }))).toEqual({ w });
      }),
    );
  });
});

describe("the untyped codec", () => {
  it("reads what it wrote", () => {
    fc.assert(
      fc.property(arbitraryDynamic, (value) => {
        expect(decodeDynamic(encodeDynamic(value))).toEqual(value);
      }),
    );
  });

  it("agrees with @msgpack/msgpack both ways", () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger().map((n) => n + 0),
        fc.double({ noInteger: true }),
        fc.string(),
        fc.uint8Array(),
        fc.array(tie("value")),
        fc
          .array(fc.tuple(fc.stringMatching(/^[a-z]{1,40}$/), tie("value")))
          .map((entries) => Object.fromEntries(entries)),
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        const ours = encodeDynamic(value);
        expect(ours).toEqual(encode(value));
        expect(decodeDynamic(ours)).toEqual(decode(ours));
      }),
    );
  });
});

const every = sample("Every", {
  name: str(),
  count: int(),
  wide: int64(),
  score: float(),
  ok: bool(),
  raw: bytes(),
  tags: list(list(str())),
  named: dict(list(int64())),
  any: dict(),
  image: ndarray("float32", [null, 3]),
  noted: notedNdArray({}),
  note: optional(str()),
  more: optional(ndarray()),
});
const seeds = [
  every.encode({
    name: "n0",
    count: 70_000,
    wide: 2n ** 63n,
    score: 0.5,
    ok: true,
    raw: Uint8Array.of(1, 2, 3),
    tags: [["a", "é".repeat(20)], []],
    named: { a: [1n, -(2n ** 40n)], ["b".repeat(40)]: [] },
    any: { x: [1, { y: null, z: 2.5, w: 2n ** 60n }], s: "text", b: Uint8Array.of(9) },
    image: { data: new Float32Array(6), shape: [2, 3], dtype: "float32" },
    noted: { data: Uint32Array.of(97, 0), shape: [1], dtype: "str", itemLength: 2 },
    note: "x".repeat(300),
  }),
  ...pythonSamples("single.tar"),
];
const basic = sample("Basic", {
  name: str(),
  count: int(),
  score: float(),
  ok: bool(),
  raw: bytes(),
  tags: list(str()),
  image: ndarray(),
  note: optional(str()),
  opt_image: optional(ndarray()),
});

function readRaw(payload: Uint8Array): RawSample {
  const cursor = new Cursor("copy");
  cursor.attach(payload);
  cursor.end = payload.length;
  return rawCodec.read(cursor);
}

describe("damaged payloads", { timeout: 10_000 + fuzzRuns * 2 }, () => {
  it("that end anywhere are refused with an AtdataError", () => {
    for (const payload of seeds) {
      for (let end = 0; end < payload.length; end++) {
        const part = payload.slice(0, end);
        for (const read of [every.decode, basic.decode, readRaw, decodeDynamic]) {
          let thrown: unknown;
          try {
            read(part);
          } catch (error) {
            thrown = error;
          }
          expect(isAtdataError(thrown)).toBe(true);
        }
      }
    }
  });

  it("give a sample or an AtdataError, typed", () => {
    fuzz(seeds, (payload) => every.decode(payload), 2);
    fuzz(seeds, (payload) => basic.decode(payload, { extra: "ignore" }), 2);
  });

  it("give a sample or an AtdataError, untyped", () => {
    fuzz(seeds, readRaw, 2);
  });

  it("of random bytes do, too", () => {
    const heads = fc.constantFrom(...seeds.map((seed) => seed.slice(0, 1)));
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 200 }), (head, rest) => {
        for (const read of [every.decode, readRaw]) {
          try {
            read(Uint8Array.of(...head, ...rest));
          } catch (error) {
            if (!isAtdataError(error)) throw error;
          }
        }
      }),
      { numRuns: fuzzRuns },
    );
  });
});

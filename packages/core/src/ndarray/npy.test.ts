import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArrayCase,
  anyArray,
  expectArray,
  expectSameBits,
  fromHex,
  fuzz,
  toHex,
  vectors,
} from "../../tests/arrays.ts";
import { decodeNdArray, decodeNpy, encodeNpy } from "./npy.ts";
import { writeNpyHeader } from "./npy-header.ts";

const arrays = vectors<ArrayCase & { npy: string; foreign?: boolean }>("python-extra/arrays.json");
const first = vectors<ArrayCase & { hex: string }>("python/vectors.json");

describe("encodeNpy and decodeNpy", () => {
  for (const [name, want] of Object.entries(arrays)) {
    it(`reads ${want.foreign ? "" : "and writes "}numpy's bytes: ${name}`, () => {
      const array = decodeNpy(fromHex(want.npy));
      expectArray(array, want);
      if (!want.foreign) expect(toHex(encodeNpy(array))).toBe(want.npy);
    });
  }

  it("reads files that atdata wrote before the compact form, in both orders", () => {
    for (const name of ["npy_legacy", "npy_legacy_fortran"]) {
      const want = first[name] as ArrayCase & { hex: string };
      const array = decodeNdArray(fromHex(want.hex));
      expectArray(array, want);
      expect(toHex(encodeNpy(array))).toBe(want.hex);
    }
  });

  it("keeps Fortran order as strides", () => {
    expect(decodeNpy(fromHex(arrays.fortran?.npy as string)).strides).toEqual([1, 2, 6]);
    expect(decodeNpy(fromHex(arrays.fortran1d?.npy as string)).strides).toBeUndefined();
  });

  it("gives back every array it wrote", () => {
    const roundTrip = fc.property(anyArray(), (array) => expectSameBits(decodeNpy(encodeNpy(array)), array));
    fc.assert(roundTrip, { numRuns: 300 });
  });

  const header = (text: string): Uint8Array => {
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, bytes.length & 255, bytes.length >> 8, ...bytes);
  };
  const refused: [string, Uint8Array, RegExp][] = [
    ["another file", Uint8Array.of(1, 2, 3), /not a \.npy file/],
    ["an unknown version", fromHex("934e554d50590400"), /version 4\.0/],
    ["a header that is cut off", fromHex("934e554d50590100ff00"), /ends at byte 265/],
    ["a header of a gigabyte", fromHex("934e554d5059020000000040"), /at most 1048576/],
    ["code in the header", header("{'descr': __import__('os')}"), /want/],
    ["deep nesting", header("(".repeat(500)), /nested too deep/],
    ["a missing key", header("{'descr': '<f4', 'shape': ()}"), /wants exactly/],
    ["a shape that is no tuple", header("{'descr': '<f4', 'fortran_order': False, 'shape': [1]}"), /not a tuple/],
    ["a pickled array", header("{'descr': '|O', 'fortran_order': False, 'shape': ()}"), /Python objects/],
    ["named fields", header("{'descr': [('a','<f4')], 'fortran_order': False, 'shape': ()}"), /decodeStructured/],
    ["missing elements", header("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}"), /take 12 bytes, found 0/],
    ["text that does not end", header("{'descr"), /the end of a text/],
  ];
  for (const [what, bytes, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => decodeNpy(bytes)).toThrow(message);
    });
  }

  it("reads headers that Python 2 wrote", () => {
    const bytes = header("{'descr': '|u1', 'fortran_order': False, 'shape': (2L,)}");
    expect([...decodeNpy(Uint8Array.of(...bytes, 7, 8)).data]).toEqual([7, 8]);
  });

  it("writes version 2 for headers beyond 64 KiB and version 3 for names beyond Latin-1", () => {
    expect(writeNpyHeader(`'${"x".repeat(70_000)}'`, false, [])[6]).toBe(2);
    expect(writeNpyHeader("[('α', '<f4')]", false, [])[6]).toBe(3);
    expect(writeNpyHeader("[('é', '<f4')]", false, [])[6]).toBe(1);
  });

  it("pads headers as numpy does, at every distance from the next multiple of 64", () => {
    const { headers = [] } = vectors<{ descr: string; shape: number[]; length: number }[]>(
      "python-extra/npy-headers.json",
    );
    const differing = headers.filter(
      ({ descr, shape, length }) => writeNpyHeader(`'${descr}'`, false, shape).length !== length,
    );
    expect(differing).toEqual([]);
    expect(headers.length).toBe(66);
  });

  it("throws only AtdataError on damaged bytes", () => {
    fuzz(
      Object.values(arrays).map(({ npy }) => fromHex(npy)),
      decodeNdArray,
      2,
    );
  });
});

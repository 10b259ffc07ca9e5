import { expect, it } from "vitest";
import { readStruct } from "./thrift.ts";

it.each([
  ["an integer without end", [0x16, ...new Array<number>(100_000).fill(0xff)]],
  ["bytes behind the end", [0x18, 0x7f, 1]],
  ["a list of more items than there are bytes", [0x19, 0xf7, 0xff, 0xff, 0xff, 0x0f]],
])("refuses %s at once", (_, bytes) => {
  expect(() => readStruct(Uint8Array.from(bytes))).toThrow(RangeError);
});

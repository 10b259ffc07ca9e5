import { contiguous } from "./layout.ts";
import type { NdArray } from "./ndarray.ts";
import { fromNested, toNested } from "./nested.ts";
import { reshape } from "./reshape.ts";

/** Lists the texts of a `str` array in C order, without their zero padding. */
export function toStrings(array: NdArray<"str">): string[] {
  return toNested(reshape(contiguous(array), [-1])) as string[];
}

/** Builds a one-dimensional `str` array whose items have room for the longest text, counted in code points. */
export function fromStrings(texts: readonly string[]): NdArray<"str"> {
  return fromNested<"str">(texts, "str");
}

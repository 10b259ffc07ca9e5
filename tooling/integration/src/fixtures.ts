import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  bool,
  bytes,
  float,
  int,
  list,
  type NdArray,
  ndarray,
  optional,
  type SampleType,
  sample,
  str,
} from "@atdata/core";

/** Gives the path of a file that Python atdata wrote. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/python/${name}`, import.meta.url));
}

/** Reads the vectors that Python atdata wrote, by name. */
export function vectors(): Readonly<Record<string, { readonly hex: string }>> {
  return JSON.parse(readFileSync(fixture("vectors.json"), "utf8"));
}

/** The samples of the Python fixtures. */
export interface Basic {
  name: string;
  count: number;
  score: number;
  ok: boolean;
  raw: Uint8Array;
  tags: string[];
  image: NdArray<"float32">;
  note?: string | undefined;
  opt_image?: NdArray<"int64"> | undefined;
}
export const Basic: SampleType<Basic> = sample("Basic", {
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

/** Sample `i` of the fixtures, written out by hand from the program that made them. */
export function basic(i: number): Basic {
  return {
    name: `n${i}`,
    count: i - 1,
    score: i / 2,
    ok: i % 2 === 0,
    raw: Uint8Array.of(i, 255),
    tags: ["a", `t${i}`],
    image: { data: Float32Array.of(0, 1, 2, 3, 4, 5).map((n) => n + i), shape: [2, 3], dtype: "float32" },
    note: i % 2 === 0 ? "hé" : undefined,
    opt_image: i % 3 === 0 ? { data: BigInt64Array.of(BigInt(i)), shape: [1], dtype: "int64" } : undefined,
  };
}

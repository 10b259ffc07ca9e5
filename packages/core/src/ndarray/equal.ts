import { dtypeInfo, lanesOf } from "./dtype.ts";
import { halfToFloat } from "./half.ts";
import { contiguousData } from "./layout.ts";
import type { NdArray } from "./ndarray.ts";
import { elementCount, sameShape } from "./shape.ts";

/** How {@link arraysEqual} compares. */
export interface EqualOptions {
  /** Whether NaN (and NaT) equal themselves; default `false`, as in numpy. */
  readonly nan?: boolean;
}

const notATime = -(2n ** 63n);

/** Tells whether two arrays have the same dtype, shape and elements, however they are laid out; −0 equals 0. */
export function arraysEqual(a: NdArray, b: NdArray, options: EqualOptions = {}): boolean {
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) return false;
  const info = dtypeInfo(a.dtype);
  const left = contiguousData(a);
  const right = contiguousData(b);
  const half = a.dtype === "float16";
  const time = info.kind === "M" || info.kind === "m";
  const same = (x: number | bigint, y: number | bigint): boolean => {
    if (time && x === notATime && y === notATime) return options.nan === true;
    const v = half ? halfToFloat(x as number) : x;
    const w = half ? halfToFloat(y as number) : y;
    // biome-ignore lint/suspicious/noSelfCompare: the one value that differs from itself is NaN.
    return v === w || (options.nan === true && v !== v && w !== w);
  };
  const lanesA = lanesOf(info, a.itemLength);
  const lanesB = lanesOf(info, b.itemLength);
  const lanes = Math.max(lanesA, lanesB);
  const count = elementCount(a.shape);
  for (let i = 0; i < count; i++) {
    for (let lane = 0; lane < lanes; lane++) {
      // Texts of different room are equal when only their padding differs.
      const x = lane < lanesA ? (left[i * lanesA + lane] as number | bigint) : 0;
      const y = lane < lanesB ? (right[i * lanesB + lane] as number | bigint) : 0;
      if (!same(x, y)) return false;
    }
  }
  return true;
}

/**
 * The truths of a three-valued test on each of some rows, in this order, so that `and` is the least of two, `or` the
 * greatest, and `not` what is left to `TRUE`.
 */
export type TruthMask = Uint8Array;

/** It is false. */
export const FALSE = 0;
/** It is unknown. */
export const UNKNOWN = 1;
/** It is true. */
export const TRUE = 2;

/** Makes a mask of one truth. */
export function maskOf(count: number, truth: number): TruthMask {
  return new Uint8Array(count).fill(truth);
}

/** Turns truths round, in place. */
export function negate(mask: TruthMask): TruthMask {
  for (let i = 0; i < mask.length; i++) mask[i] = TRUE - (mask[i] as number);
  return mask;
}

/** Joins a second mask into the first. */
export function joinMask(op: "and" | "or", mask: TruthMask, other: TruthMask): void {
  if (op === "and") {
    for (let i = 0; i < mask.length; i++) if ((other[i] as number) < (mask[i] as number)) mask[i] = other[i] as number;
  } else {
    for (let i = 0; i < mask.length; i++) if ((other[i] as number) > (mask[i] as number)) mask[i] = other[i] as number;
  }
}

/** Makes the truths of rows without a value unknown, in place. */
export function withNulls(mask: TruthMask, nulls: Uint8Array | undefined): TruthMask {
  if (nulls !== undefined) for (let i = 0; i < mask.length; i++) if (nulls[i] === 1) mask[i] = UNKNOWN;
  return mask;
}

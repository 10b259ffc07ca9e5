import { type FseTable, tableOf } from "./fse.ts";

/** One of the three numbers of a sequence: how its codes are packed and what they mean. */
export interface Codes {
  /** The finest table that a block may bring along. */
  readonly maxLog: number;
  readonly maxCode: number;
  /** What is used by blocks that bring no table along. */
  readonly usual: FseTable;
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);
const twos = (count: number): number[] => new Array<number>(count).fill(2);
const rare = (count: number): number[] => new Array<number>(count).fill(-1);

/** Number of literals that stand before a copy. */
export const literalCodes: Codes = {
  maxLog: 9,
  maxCode: 35,
  usual: tableOf([4, 3, ...twos(11), ...ones(3), ...twos(9), 3, 2, ...ones(5), ...rare(4)], 6),
};

/** Length of a copy. */
export const matchCodes: Codes = {
  maxLog: 9,
  maxCode: 52,
  usual: tableOf([1, 4, 3, ...twos(6), ...ones(37), ...rare(7)], 6),
};

/** How far back a copy reaches: the code is the number of bits behind a leading one. */
export const offsetCodes: Codes = {
  maxLog: 8,
  maxCode: 31,
  usual: tableOf([...ones(6), ...twos(3), ...ones(15), ...rare(5)], 5),
};

/** Bits that follow each code of {@link literalCodes}, and the number that they are added to. */
export const literalBits: Uint8Array = Uint8Array.of(
  ...new Array<number>(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
export const literalBase: Int32Array = baseOf(literalBits, 0);

/** Bits that follow each code of {@link matchCodes}, and the number that they are added to. */
export const matchBits: Uint8Array = Uint8Array.of(
  ...new Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
export const matchBase: Int32Array = baseOf(matchBits, 3);

/** Each code goes on where the one before it ends. */
function baseOf(bits: Uint8Array, first: number): Int32Array {
  let next = first;
  return Int32Array.from(bits, (count) => {
    const base = next;
    next += 2 ** count;
    return base;
  });
}

import { int, type SampleType, sample, str } from "@atdata/core";

/** The smallest useful sample: a number and some ballast. */
export interface Numbered {
  n: number;
  text: string;
}
export const Numbered: SampleType<Numbered> = sample("Numbered", { n: int(), text: str() });

/** Makes `count` samples, from `first` on, with texts of `length`. */
export function numbered(count: number, options: { first?: number; length?: number } = {}): Numbered[] {
  const { first = 0, length = 20 } = options;
  return Array.from({ length: count }, (_, i) => ({ n: first + i, text: `${first + i} `.padEnd(length, "x") }));
}

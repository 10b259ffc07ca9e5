/** Stands for any float where a type is inferred: what JavaScript holds does not tell `1.0` from `1`. */
export const SOME_FLOAT = 0.5;

/** What JSON lacks, by the texts that `preview --json` prints for it. */
const NUMBERS: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity };

/** Turns a whole number beyond ±2^53 and the text of `NaN` or an infinity into a float; gives any other value as it is. */
export function floatOf(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" && Object.hasOwn(NUMBERS, value) ? NUMBERS[value] : value;
}

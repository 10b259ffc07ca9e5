const ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
const CLOCK_IDS = 1024;

let last = 0;
let clockId: number | undefined;

/**
 * Makes a key of a record from the time (a TID), which sorts after all that this process made before.
 *
 * 13 characters: microseconds since 1970, then ten bits that tell processes apart.
 *
 * @example
 * ```ts
 * import { makeTid } from "@atdata/atmosphere";
 * makeTid() < makeTid(); // -> true
 * ```
 */
export function makeTid(): string {
  clockId ??= Math.floor(Math.random() * CLOCK_IDS);
  last = Math.max(last + 1, Date.now() * 1000);
  return digits(last, 11) + digits(clockId, 2);
}

function digits(value: number, length: number): string {
  let text = "";
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

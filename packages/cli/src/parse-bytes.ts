import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = {
  ...{ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
};

/** Reads the number of bytes that an option was given: `1000000`, `500MB`, `1 GiB`. */
export function parseBytes(text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = unit === "" ? 1 : units[unit.toLowerCase()];
  const bytes = Math.round(Number(digits) * (factor ?? Number.NaN));
  if (digits === "" || !Number.isSafeInteger(bytes) || bytes === 0) {
    throw new InvalidArgumentError("Give a number of bytes, such as 500MB or 1GiB.");
  }
  return bytes;
}

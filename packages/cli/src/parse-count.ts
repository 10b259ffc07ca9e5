import { InvalidArgumentError } from "commander";

/** Reads the whole number that an option was given. */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

/** Reads the whole number above 0 that an option was given. */
export function parsePositive(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("Give a whole number above 0.");
  return Number(text);
}

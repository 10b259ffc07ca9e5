import { InvalidArgumentError } from "commander";

/** Reads the whole number that an option was given. */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

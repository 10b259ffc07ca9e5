import { expandBraces, isAtdataError, joinBraces } from "@atdata/core";

/** Names of files, as an entry's metadata has them: one text with braces where that stands for exactly them, else a list. */
export type StoredNames = string | readonly (string | null)[];

/** Writes names short: those of one dataset differ in a number only. */
export function namesToStored(names: readonly (string | null)[]): StoredNames {
  return names.every((name) => name !== null) ? joinBraces(names) : names;
}

/** Reads names of so many shards; `undefined` for what are none. */
export function namesFromStored(stored: unknown, count: number): readonly (string | null)[] | undefined {
  const names: unknown = typeof stored === "string" ? expanded(stored, count) : stored;
  if (!Array.isArray(names) || names.length !== count) return undefined;
  return names.every((name) => name === null || isFileName(name)) ? names : undefined;
}

function isFileName(name: unknown): name is string {
  return typeof name === "string" && /^[^/]{1,512}$/.test(name);
}

function expanded(text: string, count: number): string[] | undefined {
  try {
    return expandBraces(text, count);
  } catch (error) {
    if (isAtdataError(error, "REF_INVALID")) return undefined;
    throw error;
  }
}

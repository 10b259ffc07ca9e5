type Version = readonly [major: number, minor: number, patch: number];

/** The versions from `low` to below `high`. */
interface Span {
  readonly low: Version;
  readonly high: Version;
}

const FIRST: Version = [0, 0, 0];
const BEYOND: Version = [Infinity, 0, 0];
const COMPARATOR = /^(>=|<=|>|<|=|\^|~)?v?(\d{1,9}|[xX*])(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?$/;

/**
 * Tells whether a version is in a range as npm writes them: `1.2.3`, `1.x`, `>=1.0.0 <2.0.0`, `^1.2`, `~1.2.3`, `1.0.0 - 1.4.0`, `*`,
 * with `||` between.
 *
 * @returns `undefined` when it cannot be told: no such range, or a version that is not of the form `a.b.c`.
 */
export function isInRange(version: string, range: string): boolean | undefined {
  const [, major, minor, patch] = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(version) ?? [];
  if (patch === undefined) return undefined;
  const given: Version = [Number(major), Number(minor), Number(patch)];
  const alternatives = range.split("||").map(spansOf);
  if (alternatives.includes(undefined)) return undefined;
  return alternatives.some((spans) => {
    return spans?.every(({ low, high }) => compare(low, given) <= 0 && compare(given, high) < 0);
  });
}

/** Reads comparators that have to hold together. */
function spansOf(text: string): readonly Span[] | undefined {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text);
  const joined = hyphen === null ? text.replace(/([<>=^~])\s+/g, "$1") : `>=${hyphen[1]} <=${hyphen[2]}`;
  const spans = joined
    .trim()
    .split(/\s+/)
    .map((part) => spanOf(part === "" ? "*" : part));
  return spans.every((span) => span !== undefined) ? spans : undefined;
}

function spanOf(text: string): Span | undefined {
  const match = COMPARATOR.exec(text);
  if (match === null) return undefined;
  const [, operator = "", ...parts] = match;
  const numbers = parts.filter((part) => part !== undefined && /^\d/.test(part)).map(Number);
  // `x.2` is no range.
  if (/[xX*]\.\d/.test(text)) return undefined;
  const [major = 0, minor = 0, patch = 0] = numbers;
  const low: Version = [major, minor, patch];
  const high = after(low, numbers.length);
  if (operator === ">=") return { low, high: BEYOND };
  if (operator === ">") return { low: high, high: BEYOND };
  if (operator === "<") return { low: FIRST, high: low };
  if (operator === "<=") return { low: FIRST, high };
  if (operator === "~") return { low, high: after(low, Math.min(numbers.length, 2)) };
  if (operator === "^") {
    const kept = numbers.findIndex((number) => number > 0);
    return { low, high: after(low, kept < 0 ? numbers.length : kept + 1) };
  }
  return { low, high };
}

/** Gives the first version that differs in the first so many numbers. */
function after([major, minor, patch]: Version, count: number): Version {
  if (count === 0) return BEYOND;
  if (count === 1) return [major + 1, 0, 0];
  return count === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function compare(a: Version, b: Version): number {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at < 0 ? 0 : (a[at] as number) < (b[at] as number) ? -1 : 1;
}

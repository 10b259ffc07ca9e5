import type { Compatibility } from "../schema/compare.ts";

/** The numbers of a version `a.b.c`. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads a version; `undefined` for anything but three whole numbers, such as one with a pre-release. */
export function parseVersion(text: string): Version | undefined {
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(text)) return undefined;
  const [major = 0, minor = 0, patch = 0] = text.split(".").map(Number);
  return [major, minor, patch].every(Number.isSafeInteger) ? [major, minor, patch] : undefined;
}

/**
 * Orders versions `a.b.c` by their numbers, as `sort` wants it. A text of another form counts as `0.0.0`.
 *
 * @example
 * ```ts
 * import { compareVersions } from "@atdata/core";
 * ["1.10.0", "1.9.0"].sort(compareVersions); // -> ["1.9.0", "1.10.0"]
 * ```
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
}

/** Sorts what has versions, the highest first; what has none of the form `a.b.c` is left out. */
export function byVersion<T extends { readonly version: string }>(items: Iterable<T>): T[] {
  return Array.from(items)
    .filter(({ version }) => parseVersion(version) !== undefined)
    .sort((a, b) => compareVersions(b.version, a.version));
}

/** Tells whether a version is meant by what was asked for: itself, `a.b` of `a.b.c`, or nothing in particular. */
export function isVersionOf(version: string, wanted: string | undefined): boolean {
  return wanted === undefined || version === wanted || (isPartial(wanted) && version.startsWith(`${wanted}.`));
}

/** Tells whether a version is `a.b`, which stands for its latest patch. */
export function isPartial(version: string): boolean {
  return /^\d+\.\d+$/.test(version);
}

/**
 * Gives the version that follows after a change, as {@link diffSchemas} tells it; `same` gives the next patch, too.
 *
 * @example
 * ```ts
 * import { nextVersion } from "@atdata/core";
 * nextVersion("1.4.2", "minor"); // -> "1.5.0"
 * ```
 */
export function nextVersion(version: string, step: Compatibility): string {
  const [major, minor, patch] = numbersOf(version);
  if (step === "major") return `${major + 1}.0.0`;
  return step === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function numbersOf(text: string): Version {
  return parseVersion(text) ?? [0, 0, 0];
}

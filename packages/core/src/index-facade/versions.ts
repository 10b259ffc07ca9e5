import type { Compatibility } from "../schema/compare.ts";

/** The numbers of a version `a.b.c`. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads a version; `undefined` for anything but three whole numbers, such as one with a pre-release. */
export function parseVersion(text: string): Version | undefined {
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(text)) return undefined;
  const [major = 0, minor = 0, patch = 0] = text.split(".").map(Number);
  return [major, minor, patch].every(Number.isSafeInteger) ? [major, minor, patch] : undefined;
}

function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Sorts what has versions, the highest first; what has none of the form `a.b.c` is left out. */
export function byVersion<T extends { readonly version: string }>(items: Iterable<T>): T[] {
  const versioned = Array.from(items, (item) => ({ item, version: parseVersion(item.version) }));
  return versioned
    .flatMap(({ item, version }) => (version === undefined ? [] : [{ item, version }]))
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ item }) => item);
}

/** Tells whether a version is meant by what was asked for: itself, `a.b` of `a.b.c`, or nothing in particular. */
export function isVersionOf(version: string, wanted: string | undefined): boolean {
  return wanted === undefined || version === wanted || (isPartial(wanted) && version.startsWith(`${wanted}.`));
}

/** Tells whether a version is `a.b`, which stands for its latest patch. */
export function isPartial(version: string): boolean {
  return /^\d+\.\d+$/.test(version);
}

/** Gives the version that follows after a change. */
export function nextVersion(version: string, step: Compatibility): string {
  const [major, minor, patch] = parseVersion(version) ?? [0, 0, 0];
  if (step === "major") return `${major + 1}.0.0`;
  return step === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

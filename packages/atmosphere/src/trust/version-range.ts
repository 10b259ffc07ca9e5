import satisfies from "semver/functions/satisfies.js";
import validVersion from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";

/**
 * Tells whether a version is in a range as npm writes them: `1.2.3`, `>=1.0.0 <2.0.0`, `^1.2`, `1.0.0 - 1.4.0`, with `||` between.
 *
 * @returns `undefined` when it cannot be told: no such range, or no version.
 */
export function isInRange(version: string, range: string): boolean | undefined {
  if (validVersion(version) === null || validRange(range) === null) return undefined;
  return satisfies(version, range);
}

/** Thrown when the demo finds that something it says is not so. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
}

let passed = 0;

/** Ends the demo unless both are the same. */
export function same(what: string, got: unknown, want: unknown): void {
  if (got !== want) throw new CheckFailed(`${what}: want ${String(want)}, got ${String(got)}`);
  passed += 1;
}

/** How many comparisons have held so far. */
export function checksPassed(): number {
  return passed;
}

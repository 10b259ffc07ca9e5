/** Number of steps of a histogram. */
export const STEPS: number = 20;

/**
 * Counts numbers in equal steps from `min` to `max`; what lies on a border counts for the step above, `max` for the last.
 *
 * NaN and infinities are left out. With `min` equal to `max` there is one step.
 */
export function histogram(numbers: Float64Array, min: number, max: number): readonly number[] {
  const counts = new Array<number>(min === max ? 1 : STEPS).fill(0);
  const last = counts.length - 1;
  // Halved first, because the distance of the largest floats is no float.
  const scale = min === max ? 0 : counts.length / (max / 2 - min / 2);
  for (const number of numbers) {
    if (!(number >= min && number <= max)) continue;
    const step = Math.min(last, Math.floor((number / 2 - min / 2) * scale));
    counts[step] = (counts[step] as number) + 1;
  }
  return counts;
}

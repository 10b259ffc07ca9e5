const STEPS = 20;

/**
 * Counts numbers in equal steps from `min` to `max`; what lies on a border counts for the step above, `max` for the last.
 *
 * NaN and infinities are left out. With `min` equal to `max` there is one step.
 */
export function histogram(numbers: Float64Array, min: number, max: number): readonly number[] {
  const counts = new Array<number>(min === max ? 1 : STEPS).fill(0);
  const last = counts.length - 1;
  // The distance of the largest floats is no float, but that of their halves is.
  const part = Number.isFinite(max - min) ? 1 : 0.5;
  const distance = max * part - min * part;
  for (const number of numbers) {
    if (!(number >= min && number <= max)) continue;
    const step = min === max ? 0 : Math.floor(((number * part - min * part) / distance) * counts.length);
    const at = Math.min(last, step);
    counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

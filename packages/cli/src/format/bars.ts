const BLOCKS = "▁▂▃▄▅▆▇█";

/** Draws counts as a row of bars, one character each, as high as the count is of the largest; nothing is a space. */
export function drawBars(counts: readonly number[]): string {
  const most = Math.max(0, ...counts);
  return counts.map((count) => (count <= 0 ? " " : BLOCKS[Math.ceil((count / most) * BLOCKS.length) - 1])).join("");
}

/** Joins neighbours until there are at most `width` counts; the total stays. */
export function fitBars(counts: readonly number[], width: number): number[] {
  const step = Math.ceil(counts.length / width);
  const fitted: number[] = [];
  for (let i = 0; i < counts.length; i += step) {
    fitted.push(counts.slice(i, i + step).reduce((sum, count) => sum + count, 0));
  }
  return fitted;
}

/** Gives each whole number from `min` to `max` the counts of the bars about it, where the bars are narrower than that. */
export function wholeBars(counts: readonly number[], min: number, max: number): readonly number[] {
  const numbers = max - min + 1;
  if (numbers > counts.length) return counts;
  const step = (max - min) / counts.length;
  const whole = new Array<number>(numbers).fill(0);
  counts.forEach((count, i) => {
    const number = Math.round((i + 0.5) * step);
    whole[number] = (whole[number] as number) + count;
  });
  return whole;
}

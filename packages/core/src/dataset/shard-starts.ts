/** Gives the position of the first record of each shard of an order, and at the end the number of all records. */
export function startsOf(order: readonly number[], counts: readonly number[]): number[] {
  const starts = [0];
  for (const shard of order) starts.push((starts[starts.length - 1] as number) + (counts[shard] as number));
  return starts;
}

/** Finds the place of the shard that holds a position, by bisection; behind the last one when there is none. */
export function placeOf(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as number) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

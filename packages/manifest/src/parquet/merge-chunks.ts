/** Some cells of a column. */
export interface ColumnChunk {
  /** Row of the first. */
  readonly from: number;
  /** The cells, in order. */
  readonly cells: ArrayLike<unknown>;
}

/** Joins the parts of a column in the order of their rows: a typed array where all of them are of one kind. */
export function mergeChunks(chunks: readonly ColumnChunk[]): ArrayLike<unknown> {
  const sorted = [...chunks].sort((a, b) => a.from - b.from).map(({ cells }) => cells);
  const [first] = sorted;
  if (first === undefined) return [];
  if (sorted.length === 1) return first;
  const length = sorted.reduce((sum, cells) => sum + cells.length, 0);
  if (sorted.every((cells) => cells instanceof BigInt64Array)) return joined(new BigInt64Array(length), sorted);
  if (sorted.every((cells) => cells instanceof Float64Array)) return joined(new Float64Array(length), sorted);
  const all: unknown[] = new Array(length);
  let at = 0;
  for (const cells of sorted) for (let i = 0; i < cells.length; i++) all[at++] = cells[i];
  return all;
}

function joined<T extends BigInt64Array | Float64Array>(target: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    target.set(part as never, at);
    at += part.length;
  }
  return target;
}

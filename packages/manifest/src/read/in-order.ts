/**
 * Runs a function over items, several at a time, and gives the results in order.
 *
 * When the consumer leaves, nothing more is started; what runs is left to end by itself.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for (let next = 0; next < items.length || running.length > 0; ) {
    while (next < items.length && running.length < atOnce) {
      const result = run(items[next++] as T);
      // Awaited in order; one that fails early must not count as unhandled.
      result.catch(() => undefined);
      running.push(result);
    }
    yield await (running.shift() as Promise<R>);
  }
}

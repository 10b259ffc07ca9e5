/** Maps items, so many at the same time, in their order; what becomes `undefined` is left out. Ends with the first error. */
export async function mapSome<T, U>(
  items: readonly T[],
  atOnce: number,
  map: (item: T) => Promise<U | undefined>,
): Promise<readonly U[]> {
  const results: (U | undefined)[] = new Array(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await map(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results.filter((result) => result !== undefined);
}

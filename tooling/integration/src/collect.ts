/** Reads everything that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of items) all.push(each);
  return all;
}

/** Reads until something is thrown; gives what came before, and the error. */
export async function collectUntilError<T>(items: AsyncIterable<T>): Promise<{ got: T[]; error: unknown }> {
  const got: T[] = [];
  try {
    for await (const each of items) got.push(each);
    return { got, error: undefined };
  } catch (error) {
    return { got, error };
  }
}

import { createDatasetWriter } from "./dataset-writer.ts";
import type { WriterInput, WrittenDataset } from "./writer.ts";

/** Samples to write: any iterable, sync or async; a plain array is the fastest. */
export type Samples<S> = Iterable<S> | AsyncIterable<S>;

/**
 * Writes all samples as one dataset and commits it; whatever goes wrong leaves nothing behind.
 *
 * @param keyOf - Gives the key of a sample, right before it is written; the next running number stands in for `undefined`.
 * @throws AtdataError what `createDatasetWriter` and the writer throw.
 */
export async function writeSamples<S>(
  input: WriterInput<S>,
  samples: Samples<S>,
  keyOf?: (sample: S) => string | undefined,
): Promise<WrittenDataset> {
  const writer = await createDatasetWriter(input);
  try {
    // An array must not go through `for await`, which costs a turn of the microtask queue a sample.
    if (Symbol.iterator in samples) {
      for (const sample of samples) {
        const waiting = writer.push(sample, keyOf?.(sample));
        if (waiting !== undefined) await waiting;
      }
    } else {
      for await (const sample of samples) {
        const waiting = writer.push(sample, keyOf?.(sample));
        if (waiting !== undefined) await waiting;
      }
    }
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

import type { PayloadEntry } from "../dataset/base-context.ts";
import type { DatasetInput } from "../dataset/read-options.ts";
import { Reading, startRun } from "../dataset/run.ts";
import { createDatasetWriter } from "../write/dataset-writer.ts";
import type { WriterInput, WrittenDataset } from "../write/writer.ts";

/** Writes the samples of a dataset into shards of other limits; keys and payloads stay as they are. */
export async function rewriteShards(
  input: DatasetInput<unknown>,
  output: WriterInput<unknown>,
): Promise<WrittenDataset> {
  const writer = await createDatasetWriter(output);
  try {
    const { signal } = output;
    const run = startRun<PayloadEntry<unknown>>(new Reading({ ...input, verify: true }), [], {
      signal,
      giving: "payloads",
    });
    for await (const { key, sample, payload } of run) await writer.push(sample, key, payload);
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

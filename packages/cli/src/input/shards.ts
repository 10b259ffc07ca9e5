import type { SampleType } from "@atdata/core";
import { inferFromSamples } from "../infer-from-samples.ts";
import { INFER_SAMPLES } from "../load-type.ts";
import type { Opened } from "../open.ts";
import { openAs } from "../open-as.ts";
import { storedSamples } from "../stored-samples.ts";
import type { Input, InputSample } from "./input.ts";

/** Reads a dataset of shards, with its keys. */
export function shards(opened: Opened, signal: AbortSignal): Input {
  const { dataset } = opened;
  return {
    type: dataset.type,
    leftOut: new Set(),
    infer: async (count = INFER_SAMPLES, name) => inferFromSamples(await storedSamples(opened, count, signal), name),
    async *read(type): AsyncGenerator<InputSample> {
      const typed = dataset.type === (type as SampleType<unknown>) ? dataset : await openAs(opened, type, signal);
      for await (const { key, shard, sample } of typed.entries({ signal })) {
        yield { sample, key, place: { file: shard, key } };
      }
    },
  };
}

import { type Dataset, type RawSample, redactUrl } from "@atdata/core";
import { sampleJson } from "./format/sample-json.ts";
import { sampleText } from "./format/sample-text.ts";
import { showArrays } from "./show-arrays.ts";
import type { Terminal } from "./terminal.ts";

/** How samples are shown. */
export interface ShowOptions {
  /** As JSON, one object a line. */
  readonly json?: true;
  /** In JSON, contents of what is otherwise summed up. */
  readonly full?: true;
  /** Without a type, bytes stay bytes even where they are an array. */
  readonly raw?: true;
}

/** Writes the samples of a dataset with their keys: for people, or one JSON object a line. */
export async function writeEntries(
  dataset: Dataset<RawSample>,
  { json, full, raw }: ShowOptions,
  { out, signal }: Terminal,
): Promise<void> {
  const { type } = dataset;
  const show = type === undefined && raw !== true ? showArrays : (sample: RawSample) => sample;
  let count = 0;
  for await (const { key, shard, sample } of dataset.entries({ signal })) {
    const shown = show(sample);
    if (json) await out.write(`${JSON.stringify({ key, sample: sampleJson(shown, type, { full: full === true }) })}\n`);
    else await out.write((count === 0 ? "" : "\n") + sampleText(key, redactUrl(shard), shown, type, out));
    count += 1;
  }
}

// Streams part of a dataset in this process and tells the parent its peak of resident memory: `stream-once.ts REF TYPE ORDER SAMPLES`.
import type { Dataset } from "@atdata/core";
import { openDataset } from "@atdata/wds/node";
import { expectCount } from "../bench-row.ts";
import { Digit } from "../data/digits.ts";
import { Photo } from "../data/photos.ts";

const [ref = "", type = "", order = "", samples = "0"] = process.argv.slice(2);
const count = Number(samples);
const seen =
  type === "digits"
    ? await stream(await openDataset(ref, { type: Digit, verify: false }))
    : await stream(await openDataset(ref, { type: Photo, verify: false }));
expectCount(seen, count);
process.send?.(process.resourceUsage().maxRSS * 1024, () => process.disconnect());

async function stream<S extends Digit | Photo>(ds: Dataset<S>): Promise<number> {
  let total = 0;
  for await (const sample of ordered(ds).take(count)) if (sample.image.data.length > 0) total += 1;
  return total;
}

function ordered<S>(from: Dataset<S>): Dataset<S> {
  if (order === "file") return from;
  // Files are counted, so that only a filter makes a shuffle keep samples.
  const kept = order === "buffer" && !/^http/.test(ref) ? from.filter(() => true) : from;
  return kept.shuffle({ seed: 1, window: 10_000 });
}

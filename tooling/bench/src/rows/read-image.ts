import { statSync } from "node:fs";
import { openDataset } from "@atdata/wds/node";
import { drainReadStream } from "../baselines/read-stream.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Photo, photoCount, photoShard } from "../data/photos.ts";

/** Large arrays, where all the time goes to memory. */
export const row: TimedRow = {
  id: "read-image",
  what: "stream 2,000 images of 3×224×224; against createReadStream in 1 MiB chunks, data dropped",
  unit: "MB/s",
  bar: 0.9,
  async start(size) {
    const path = await photoShard(size);
    const count = photoCount(size);
    const bytes = statSync(path).size;
    return {
      bytes,
      async ours() {
        const ds = await openDataset(path, { type: Photo, verify: false });
        let seen = 0;
        for await (const photo of ds) if (photo.image.shape[0] === 3) seen += 1;
        expectCount(seen, count);
      },
      async baseline() {
        expectCount(await drainReadStream(path), bytes);
      },
    };
  },
};

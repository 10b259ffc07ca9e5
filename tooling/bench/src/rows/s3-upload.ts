import { createReadStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { s3Store } from "@atdata/local/s3";
import { uploadInParts } from "../baselines/s3-object.ts";
import type { TimedRow } from "../bench-row.ts";
import { scratch } from "../data/cache.ts";
import { benchBucket, fileBytes } from "../data/s3-bucket.ts";

/** All that a write does: parts, sha256, the comparison of the length, and the conditional PutObject of the dataset.json. */
export const row: TimedRow = {
  id: "s3-upload",
  what: "upload a file to Ceph as a shard, sha256, check and commit included; against a multipart upload of it by the AWS SDK, five parts at once",
  unit: "MB/s",
  bar: 0.7,
  async start(size) {
    const bytes = fileBytes(size);
    const { client, bucket, sdk, close } = await benchBucket();
    const folder = await scratch();
    const path = join(folder, "file.tar");
    await writeFile(path, Buffer.alloc(bytes, 7));
    const store = s3Store(client, { bucket, prefix: "ours" });
    let pass = 0;
    return {
      bytes,
      async ours() {
        const name = `file${pass++}`;
        await using write = await store.begin(name);
        const sink = await write.shard(`${name}.tar`);
        // Writers of shards hand over as much at a time.
        const file = createReadStream(path, { highWaterMark: 2 ** 20 });
        for await (const chunk of file) await sink.write(chunk as Buffer);
        const { url, sha256 } = await sink.close();
        const shards = [{ url: url.slice(url.lastIndexOf("/") + 1), samples: 0, bytes, sha256 }];
        await write.commit(new TextEncoder().encode(JSON.stringify({ format: "atdata.dataset/1", shards })));
      },
      baseline: () => uploadInParts(sdk, bucket, "baseline.tar", path),
      async close() {
        await rm(folder, { recursive: true });
        await close();
      },
    };
  },
};

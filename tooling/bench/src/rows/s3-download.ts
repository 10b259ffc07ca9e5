import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { s3Source } from "@atdata/local/s3";
import { getObject, uploadInParts } from "../baselines/s3-object.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { scratch } from "../data/cache.ts";
import { benchBucket, fileBytes } from "../data/s3-bucket.ts";

/** Bytes alone: what is made of them is measured by other rows. */
export const row: TimedRow = {
  id: "s3-download",
  what: "read an object of Ceph to its end through the source; against GetObject by the AWS SDK, body drained",
  unit: "MB/s",
  bar: 0.7,
  async start(size) {
    const bytes = fileBytes(size);
    const { client, bucket, sdk, close } = await benchBucket();
    const folder = await scratch();
    const path = join(folder, "file.tar");
    await writeFile(path, Buffer.alloc(bytes, 7));
    await uploadInParts(sdk, bucket, "file.tar", path);
    await rm(folder, { recursive: true });
    const source = s3Source(client);
    return {
      bytes,
      async ours() {
        const reader = await source.open(`s3://${bucket}/file.tar`);
        let seen = 0;
        for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
          seen += chunk.length;
          reader.release?.(chunk);
        }
        await reader.close();
        expectCount(seen, bytes);
      },
      async baseline() {
        expectCount(await getObject(sdk, bucket, "file.tar"), bytes);
      },
      close,
    };
  },
};

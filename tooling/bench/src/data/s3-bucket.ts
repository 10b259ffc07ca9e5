import { connectS3, type S3Connection } from "@atdata/local/s3";
import { startCeph } from "@atdata/local/services";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Size } from "../bench-row.ts";

/** An empty bucket on a Ceph of its own, with a client of this library and one of the SDK. */
export interface BenchBucket {
  readonly bucket: string;
  readonly client: S3Connection;
  readonly sdk: S3Client;
  close(): Promise<void>;
}

/** How long the file is that goes up and down: Ceph keeps it in memory, and what is replaced for a while too. */
export function fileBytes(size: Size): number {
  return size === "full" ? 96 * 2 ** 20 : 2 ** 20;
}

/** Starts Ceph and makes a bucket. */
export async function benchBucket(): Promise<BenchBucket> {
  const { url, region, credentials, stop } = await startCeph();
  const bucket = "bench";
  // Ceph has the bucket in the path, and takes no stream in the chunks that the SDK's own checksums need.
  const settings = { forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" } as const;
  const sdk = new S3Client({ endpoint: url, region, credentials, ...settings });
  await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
  const client = await connectS3({ endpoint: url, credentials });
  return {
    bucket,
    client,
    sdk,
    async close() {
      client.destroy();
      sdk.destroy();
      await stop();
    },
  };
}

import { AtdataError } from "@atdata/core";
import type { S3Keys } from "@atdata/local/services";

/** The bucket that `local up` makes. */
export const BUCKET = "atdata";

/** Makes the bucket, unless it is there. */
export async function makeBucket({ url, region, credentials }: S3Keys, signal: AbortSignal): Promise<void> {
  const { CreateBucketCommand, HeadBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ endpoint: url, region, credentials, forcePathStyle: true });
  const bucket = { Bucket: BUCKET };
  const options = { abortSignal: signal };
  try {
    const isThere = await client.send(new HeadBucketCommand(bucket), options).then(
      () => true,
      () => false,
    );
    if (!isThere) await client.send(new CreateBucketCommand(bucket), options);
  } catch (error) {
    signal.throwIfAborted();
    // The SDK's error holds the request with its signature.
    const name = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : "an error";
    throw new AtdataError("IO_ERROR", `the bucket ${BUCKET} cannot be made (${name})`, { url });
  } finally {
    client.destroy();
  }
}

import { AtdataError } from "@atdata/core";
import { connectS3 } from "@atdata/local/s3";
import type { S3Keys } from "@atdata/local/services";

/** The bucket that `local up` makes. */
export const BUCKET = "atdata";

/**
 * Makes the bucket, unless it is there.
 *
 * @throws AtdataError `UNSUPPORTED` – `@aws-sdk/client-s3` is not installed; `IO_ERROR`.
 */
export async function makeBucket({ url, region, credentials }: S3Keys, signal: AbortSignal): Promise<void> {
  // First, as it tells of an SDK that is not installed.
  const client = await connectS3({ endpoint: url, region, credentials });
  const { CreateBucketCommand, HeadBucketCommand } = await import("@aws-sdk/client-s3");
  const bucket = { Bucket: BUCKET };
  const options = { abortSignal: signal };
  try {
    const isThere = await client.send(new HeadBucketCommand(bucket) as never, options).then(
      () => true,
      () => false,
    );
    if (!isThere) await client.send(new CreateBucketCommand(bucket) as never, options);
  } catch (error) {
    signal.throwIfAborted();
    // The SDK's error holds the request with its signature.
    const name = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : "an error";
    throw new AtdataError("IO_ERROR", `the bucket ${BUCKET} cannot be made (${name})`, { url });
  } finally {
    client.destroy();
  }
}

import type { CallOptions } from "@atdata/core";
import type { S3Client } from "@aws-sdk/client-s3";
import { loadS3Sdk, type S3ClientLike, type S3Sdk } from "./s3-client.ts";
import { s3Error } from "./s3-errors.ts";

/** Does something with the SDK's client and commands; what fails becomes an `AtdataError` about `url`. */
export async function callS3<T>(
  client: S3ClientLike,
  url: string,
  call: (send: S3Client["send"], sdk: S3Sdk) => Promise<T>,
  options?: CallOptions,
): Promise<T> {
  options?.signal?.throwIfAborted();
  const sdk = await loadS3Sdk();
  const abort = options?.signal === undefined ? undefined : { abortSignal: options.signal };
  const send = ((command: never) => client.send(command, abort)) as S3Client["send"];
  try {
    return await call(send, sdk);
  } catch (error) {
    options?.signal?.throwIfAborted();
    throw s3Error(error, url);
  }
}

import { AtdataError } from "@atdata/core";
import type { S3Client } from "@aws-sdk/client-s3";
import { loadS3Sdk, type S3ClientLike } from "./s3-client.ts";
import { s3Error } from "./s3-errors.ts";
import { parseS3Url } from "./s3-url.ts";

const MAX_SECONDS = 7 * 24 * 3600;

/**
 * Makes an `https:` url by which anyone can read an object until it expires, without credentials. Whether there is such an
 * object is not asked.
 *
 * @param client - An `S3Client` itself, as its settings and credentials sign the url.
 * @param seconds - How long it works, at most seven days; with credentials that expire themselves no longer than they.
 * @throws AtdataError `REF_INVALID`, `ACCESS_DENIED` – no credentials; `UNSUPPORTED` – `@aws-sdk/s3-request-presigner` is not installed.
 * @throws RangeError – if `seconds` is not a whole number from 1 to 604 800.
 */
export async function presign(client: S3ClientLike, url: string, seconds: number): Promise<string> {
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS) {
    throw new RangeError(`a signed url works for 1 to ${MAX_SECONDS} seconds, got ${seconds}`);
  }
  const { bucket, key } = parseS3Url(url);
  const { GetObjectCommand } = await loadS3Sdk();
  const { getSignedUrl } = await loadPresigner();
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    return await getSignedUrl(client as S3Client, command, { expiresIn: seconds });
  } catch (error) {
    throw s3Error(error, url);
  }
}

async function loadPresigner(): Promise<typeof import("@aws-sdk/s3-request-presigner")> {
  try {
    return await import("@aws-sdk/s3-request-presigner");
  } catch (cause) {
    const hint = "npm install @aws-sdk/s3-request-presigner";
    throw new AtdataError("UNSUPPORTED", "the signer is not installed", { operation: "presign" }, { hint, cause });
  }
}

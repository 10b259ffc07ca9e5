import { AtdataError, redactUrl } from "@atdata/core";

/** An object's place. */
export interface S3Place {
  /** The bucket. */
  readonly bucket: string;
  /** Key within it, or its beginning; may be empty. */
  readonly key: string;
}

/**
 * Takes an `s3://bucket/key` url apart. Keys stand in it as they are, with nothing encoded, as the AWS tools write them.
 *
 * @throws AtdataError `REF_INVALID`.
 */
export function parseS3Url(url: string): S3Place {
  const [, bucket, key = ""] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})(?:\/([\s\S]*))?$/i.exec(url) ?? [];
  if (bucket !== undefined) return { bucket, key };
  const hint = "write s3://bucket/key";
  throw new AtdataError("REF_INVALID", "not an S3 url", { ref: redactUrl(url).slice(0, 200) }, { hint });
}

/** Writes the url of an object. */
export function s3Url({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}

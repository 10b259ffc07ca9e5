import { readFile } from "node:fs/promises";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

const PARTS = 5;

/** Uploads a file as the SDK's documentation shows for large ones: read as a whole, and sent in five parts at once. */
export async function uploadInParts(sdk: S3Client, bucket: string, key: string, path: string): Promise<void> {
  const buffer = await readFile(path);
  const object = { Bucket: bucket, Key: key };
  const { UploadId } = await sdk.send(new CreateMultipartUploadCommand(object));
  const length = Math.ceil(buffer.length / PARTS);
  const sent = Array.from({ length: PARTS }, async (_, i) => {
    const PartNumber = i + 1;
    const Body = buffer.subarray(i * length, (i + 1) * length);
    const { ETag } = await sdk.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body }));
    return { PartNumber, ETag };
  });
  const Parts = await Promise.all(sent);
  await sdk.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
}

/** Downloads an object and drops its bytes; gives how many there were. */
export async function getObject(sdk: S3Client, bucket: string, key: string): Promise<number> {
  const { Body } = await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  let bytes = 0;
  for await (const chunk of Body as AsyncIterable<Uint8Array>) bytes += chunk.length;
  return bytes;
}

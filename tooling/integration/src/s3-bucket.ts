import { connectS3, type S3Connection } from "@atdata/local/s3";
import { type S3Service, startCeph } from "@atdata/local/services";
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startForTests } from "./start-for-tests.ts";

/** A bucket on a Ceph of its own. */
export interface TestBucket {
  readonly service: S3Service;
  readonly client: S3Connection;
  readonly bucket: string;
  /** Connects through another url, such as a proxy's. */
  connect(endpoint: string): Promise<S3Connection>;
  /** Names all objects in a folder, and the uploads in it that are not complete. */
  contents(prefix: string): Promise<{ objects: string[]; incomplete: string[] }>;
  stop(): Promise<void>;
}

/** Starts Ceph and makes a bucket; gives the reason where Ceph is not installed, which under CI is a failure. */
export async function startBucket(): Promise<TestBucket | string> {
  const service = await startForTests(startCeph);
  if (typeof service === "string") return service;
  const { url, region, credentials } = service;
  const sdk = new S3Client({ endpoint: url, region, credentials, forcePathStyle: true });
  const bucket = "atdata-integration";
  await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
  const client = await connectS3({ endpoint: url, credentials });
  return {
    service,
    client,
    bucket,
    connect: (endpoint) => connectS3({ endpoint, credentials }),
    async contents(prefix) {
      const where = { Bucket: bucket, Prefix: `${prefix}/` };
      const { Contents = [] } = await sdk.send(new ListObjectsV2Command(where));
      const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand(where));
      const names = (list: readonly { Key?: string | undefined }[]): string[] =>
        list.map(({ Key = "" }) => Key.slice(prefix.length + 1)).sort();
      return { objects: names(Contents), incomplete: names(Uploads) };
    },
    async stop() {
      client.destroy();
      sdk.destroy();
      await service.stop();
    },
  };
}

import { AtdataError } from "@atdata/core";

/** What is used of an S3 client: the `S3Client` of `@aws-sdk/client-s3`, however it was configured. */
export interface S3ClientLike {
  /** Sends a command and gives its output. */
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** A client of one's own, to be disposed of after use. */
export interface S3Connection extends S3ClientLike, AsyncDisposable {
  /** Closes its connections, as disposing does. */
  destroy(): void;
}

/** Options of {@link connectS3}; all have defaults. */
export interface ConnectS3Options {
  /** Url of the server, for all but AWS: `https://<account>.r2.cloudflarestorage.com`, `http://127.0.0.1:9000`. */
  readonly endpoint?: string | undefined;
  /** Where the bucket is. Default what the environment and the profile say; with an endpoint else `us-east-1`. */
  readonly region?: string | undefined;
  /** Who asks. Default the SDK's chain: environment, profile, single sign-on, role of the container or machine. */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  /** The bucket in the path of a url (`true`) or in its host name. Default: in the path where an endpoint is given. */
  readonly pathStyle?: boolean | undefined;
}

/** The parts of `@aws-sdk/client-s3` that are used. */
export type S3Sdk = typeof import("@aws-sdk/client-s3");

/** Loads the SDK, which only those install that use S3. */
export async function loadS3Sdk(): Promise<S3Sdk> {
  try {
    return await import("@aws-sdk/client-s3");
  } catch (cause) {
    const hint = "npm install @aws-sdk/client-s3";
    throw new AtdataError("UNSUPPORTED", "the AWS SDK is not installed", { operation: "use S3" }, { hint, cause });
  }
}

/**
 * Builds a client for AWS S3, Cloudflare R2, MinIO, Ceph or another server that speaks S3.
 *
 * It leaves out checksums in the SDK's own form where S3 does not require them, as not all servers take them; what is
 * written here has a sha256 in its `dataset.json`. Requests are tried five times, and fail after 30 seconds of silence.
 *
 * @throws AtdataError `UNSUPPORTED` – `@aws-sdk/client-s3` is not installed.
 */
export async function connectS3(options: ConnectS3Options = {}): Promise<S3Connection> {
  const { endpoint, credentials } = options;
  const region = options.region ?? (endpoint === undefined ? undefined : (process.env.AWS_REGION ?? "us-east-1"));
  const { S3Client } = await loadS3Sdk();
  const client = new S3Client({
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 30_000 },
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  });
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.destroy() });
}

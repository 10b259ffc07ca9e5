import type { Service } from "./service.ts";

/** How an S3 server is reached. Its buckets are in the path of a url, not in the host name. */
export interface S3Keys {
  /** Where clients connect. */
  readonly url: string;
  /** The region that requests are signed for. */
  readonly region: string;
  /** Who may do everything. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An S3 server that was started here. */
export interface S3Service extends Service, S3Keys {}

/** The region that these servers take. */
export const REGION = "us-east-1";

/** Asks whether a server answers to HTTP, whatever it says. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(2000) })).body?.cancel();
    return true;
  } catch {
    return false;
  }
}

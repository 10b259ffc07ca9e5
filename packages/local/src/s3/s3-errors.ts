import { AtdataError, isAtdataError } from "@atdata/core";

/** What the SDK's errors have. */
interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Tells the name of an error that the server or the SDK gave, such as `"NoSuchKey"`. */
function errorName(error: unknown): string {
  const { name, code } = partsOf(error);
  const text = typeof name === "string" && name !== "Error" ? name : code;
  // It goes into messages, and is the server's to choose.
  return typeof text === "string" && /^\w{1,60}$/.test(text) ? text : "error";
}

/** Tells the status of the server's answer, when there was one. */
export function errorStatus(error: unknown): number | undefined {
  return partsOf(error).$metadata?.httpStatusCode;
}

/**
 * Turns what the SDK throws into an `AtdataError`.
 *
 * The original is left out: it holds the request with its signature, and servers repeat keys in their messages.
 */
export function s3Error(error: unknown, url: string): Error {
  if (isAtdataError(error)) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const status = errorStatus(error);
  const name = errorName(error);
  const said = `the S3 server answered ${name}`;
  if (name === "NoSuchBucket") {
    return new AtdataError("NOT_FOUND", "no such bucket", { url }, { hint: "create the bucket, or check its name" });
  }
  if (status === 404) return new AtdataError("NOT_FOUND", "no such object", { url });
  if (status === 401 || status === 403) {
    const hint = "check the credentials, and what they permit in this bucket";
    return new AtdataError("ACCESS_DENIED", said, { url }, { hint });
  }
  if (/Credential|TokenProvider/.test(name)) {
    const hint = "give credentials, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE";
    return new AtdataError("ACCESS_DENIED", "no credentials for S3 were found", { url }, { hint });
  }
  if (status === 301 || status === 307 || /Redirect/.test(name)) {
    return new AtdataError("HTTP_ERROR", said, { url, status: status ?? 301 }, { hint: "give the bucket's region" });
  }
  if (status !== undefined && (status >= 300 || status < 200)) {
    return new AtdataError("HTTP_ERROR", said, { url, status });
  }
  const attempts = partsOf(error).$metadata?.attempts ?? 1;
  return new AtdataError("NETWORK_ERROR", `the connection to S3 failed (${networkCode(error)})`, { url, attempts });
}

/** Tells whether something may have been done although it failed. */
export function isUncertain(error: unknown): boolean {
  if (!isAtdataError(error)) return true;
  if (isAtdataError(error, "HTTP_ERROR")) return error.fields.status >= 500 || error.fields.status === 408;
  return error.code === "NETWORK_ERROR" || error.code === "TIMEOUT";
}

function networkCode(error: unknown): string {
  const { code } = partsOf(error);
  return typeof code === "string" && /^\w{1,40}$/.test(code) ? code : errorName(error);
}

function partsOf(error: unknown): SdkError {
  return typeof error === "object" && error !== null ? error : {};
}

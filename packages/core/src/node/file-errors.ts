import { AtdataError } from "../errors.ts";

/** Tells the `code` of a system error, such as `"ENOENT"`. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Turns an error of `node:fs` into the error of ours that fits; other errors pass. */
export function fileError(error: unknown, url: string, action: string): unknown {
  const code = systemCode(error);
  if (code === undefined || error instanceof AtdataError) return error;
  const extras = { cause: error };
  if (code === "ENOENT" || code === "ENOTDIR") return new AtdataError("NOT_FOUND", "no such file", { url }, extras);
  if (code === "EACCES" || code === "EPERM") {
    return new AtdataError("ACCESS_DENIED", `no permission to ${action}`, { url }, extras);
  }
  return new AtdataError("IO_ERROR", `could not ${action} (${code})`, { url }, extras);
}

import { AtdataError } from "@atdata/core";

/** Says of what the file system threw which file or folder it is about, and what could not be done with it. */
export function fileError(cause: unknown, path: string, clause: string): unknown {
  if (!(cause instanceof Error && "code" in cause) || cause instanceof AtdataError) return cause;
  const { code } = cause;
  const extras = { cause };
  if (code === "ENOENT") return new AtdataError("NOT_FOUND", "there is no such file or folder", { url: path }, extras);
  if (code === "EACCES" || code === "EPERM") return new AtdataError("ACCESS_DENIED", clause, { url: path }, extras);
  return new AtdataError("IO_ERROR", `${clause} (${String(code)})`, { url: path }, extras);
}

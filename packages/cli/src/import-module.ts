import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AtdataError } from "@atdata/core";

/**
 * Imports a module of the user's own; `format` is what it is to be, for messages.
 *
 * @throws AtdataError `NOT_FOUND`, `FORMAT_INVALID`.
 */
export async function importModule(path: string, format: string): Promise<Readonly<Record<string, unknown>>> {
  const file = resolve(path);
  await access(file).catch((cause: unknown) => {
    throw new AtdataError("NOT_FOUND", "there is no such module", { url: path }, { cause });
  });
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = "run it with node to see where";
    const fields = { format, url: path };
    throw new AtdataError("FORMAT_INVALID", `module cannot be imported: ${why}`, fields, { hint, cause });
  }
}

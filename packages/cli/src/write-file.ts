import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { AtdataError } from "@atdata/core";

/**
 * Writes a text file, over one of that name; it gets its name when it is whole.
 *
 * @throws AtdataError `IO_ERROR`.
 */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new AtdataError("IO_ERROR", "the file cannot be written", { url: path }, { cause });
  }
}

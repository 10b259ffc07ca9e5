import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AtdataError } from "@atdata/core";
import { parseConfig, type Settings } from "./parse-config.ts";

/** What is configured. */
export interface Config extends Settings {
  /** Where it stands. */
  readonly file: string;
}

/**
 * Reads `config.json` of a folder; nothing is configured where there is none.
 *
 * @throws AtdataError `CONFIG_INVALID`, or `IO_ERROR`.
 */
export async function readConfig(home: string, env: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const file = join(home, "config.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) {
      return { file, repos: {}, atmosphere: {} };
    }
    throw new AtdataError("IO_ERROR", "the settings cannot be read", { url: file }, { cause });
  }
  return { file, ...parseConfig(text, file, env) };
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AtdataError } from "@atdata/core";
import { configReader } from "./config-reader.ts";
import { parseAppView } from "./parse-atmosphere.ts";
import { parseConfig, type Settings } from "./parse-config.ts";

/** What is configured. */
export interface Config extends Settings {
  /** Where it stands. */
  readonly file: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `config.json` of a folder, and what the environment says instead; nothing is configured where there is none.
 *
 * @throws AtdataError `CONFIG_INVALID`, or `IO_ERROR`.
 */
export async function readConfig(home: string, env: Environment): Promise<Config> {
  const settings = await readSettings(home, env);
  if (!env.ATDATA_APPVIEW) return settings;
  const appView = parseAppView(configReader("the environment", env), env.ATDATA_APPVIEW, "ATDATA_APPVIEW");
  return { ...settings, atmosphere: { ...settings.atmosphere, appView } };
}

async function readSettings(home: string, env: Environment): Promise<Config> {
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

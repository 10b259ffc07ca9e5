import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AtdataError } from "@atdata/core";
import { parseConfig } from "./parse-config.ts";

declare module "@atdata/core" {
  interface ErrorFields {
    /** The file of settings is not JSON, or `at` in it is not what it may be. Values are never told: they may be secret. */
    CONFIG_INVALID: { file: string; at?: string };
  }
}

/** How a server that speaks S3 is reached. */
export interface S3Config {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly pathStyle?: boolean | undefined;
}

/** A repository, as it is configured. */
export interface RepoConfig {
  /** `redis://`, `rediss://`, `postgres://`, or `sqlite:` and a path. */
  readonly index: string;
  /** `s3://bucket/prefix`, or the path of a folder. */
  readonly store?: string | undefined;
  readonly s3?: S3Config | undefined;
}

/** What is configured. */
export interface Config {
  /** Where it stands. */
  readonly file: string;
  /** The repositories by name. */
  readonly repos: Readonly<Record<string, RepoConfig>>;
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
      return { file, repos: {} };
    }
    throw new AtdataError("IO_ERROR", "the settings cannot be read", { url: file }, { cause });
  }
  return { file, repos: parseConfig(text, file, env) };
}

import { configReader, join, type Read } from "./config-reader.ts";
import { type AtmosphereConfig, parseAtmosphere } from "./parse-atmosphere.ts";

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

/** What a file of settings says. */
export interface Settings {
  /** The repositories by name. */
  readonly repos: Readonly<Record<string, RepoConfig>>;
  /** How the network is reached. */
  readonly atmosphere: AtmosphereConfig;
}

const REPO_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
/** Stands for the account that is logged in. */
export const OWN_REPO = "me";

/**
 * Reads settings. `${NAME}` in a text stands for a variable of the environment.
 *
 * @throws AtdataError `CONFIG_INVALID` – with the way of keys; no value is told, as it may hold a password.
 */
export function parseConfig(text: string, file: string, env: Readonly<Record<string, string | undefined>>): Settings {
  const reader = configReader(file, env);
  const { invalid, object, string, boolean, given } = reader;

  const s3: Read<S3Config> = (value, at) => {
    const { endpoint, region, pathStyle } = object(value, at, ["endpoint", "region", "pathStyle"]);
    return {
      endpoint: given(endpoint, `${at}.endpoint`, string),
      region: given(region, `${at}.region`, string),
      pathStyle: given(pathStyle, `${at}.pathStyle`, boolean),
    };
  };
  const repo: Read<RepoConfig> = (value, at) => {
    const found = object(value, at, ["index", "store", "s3"]);
    const index = string(found.index, `${at}.index`);
    if (!/^(rediss?|postgres|postgresql):\/\/.|^sqlite:./.test(index)) {
      throw invalid("not an index", `${at}.index`, "redis://…, postgres://… or sqlite:PATH");
    }
    const store = given(found.store, `${at}.store`, string);
    const isS3 = store?.startsWith("s3://") === true;
    if (store !== undefined && !isS3 && /^[a-z][a-z0-9+.-]+:/i.test(store)) {
      throw invalid("not a store", `${at}.store`, "s3://bucket/prefix or the path of a folder");
    }
    if (isS3 && !/^s3:\/\/[^/]+/.test(store)) throw invalid("names no bucket", `${at}.store`, "s3://bucket/prefix");
    if (found.s3 !== undefined && !isS3) throw invalid("for a store at s3:// alone", `${at}.s3`);
    return { index, store, s3: given(found.s3, `${at}.s3`, s3) };
  };

  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // What the parser says shows some of the text.
    throw invalid("the file is not JSON");
  }
  const { repos = {}, atmosphere = {} } = object(json, "", ["repos", "atmosphere"]);
  const found: [string, RepoConfig][] = [];
  for (const [name, value] of Object.entries(object(repos, "repos"))) {
    const at = join("repos", name);
    if (!REPO_NAME.test(name)) throw invalid("not a name for a repository", at, "letters, digits, _ . and -");
    if (name === OWN_REPO) throw invalid("this name is that of the account that is logged in", at, "another name");
    found.push([name, repo(value, at)]);
  }
  return { repos: Object.fromEntries(found), atmosphere: parseAtmosphere(reader, atmosphere, "atmosphere") };
}

import { AtdataError } from "@atdata/core";

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

const REPO_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Checks one value; `at` is the way of keys to it. */
type Read<T> = (value: unknown, at: string) => T;

/**
 * Reads settings. `${NAME}` in a text stands for a variable of the environment.
 *
 * @throws AtdataError `CONFIG_INVALID` – with the way of keys; no value is told, as it may hold a password.
 */
export function parseConfig(
  text: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, RepoConfig>> {
  const invalid = (clause: string, at?: string, hint?: string): AtdataError =>
    new AtdataError(
      "CONFIG_INVALID",
      clause,
      { file, ...(at !== undefined && { at }) },
      hint === undefined ? {} : { hint },
    );

  const object = (value: unknown, at: string, known?: readonly string[]): Record<string, unknown> => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("not an object", at);
    const unknown = known && Object.keys(value).find((key) => !known.includes(key));
    if (unknown !== undefined) throw invalid("no such setting", join(at, unknown), `one of ${known?.join(", ")}`);
    return value as Record<string, unknown>;
  };
  const string: Read<string> = (value, at) => {
    if (typeof value !== "string" || value === "") throw invalid("not a text", at);
    return value.replace(/\$\{([^}]*)\}/g, (_match, name: string) => {
      const found = env[name];
      if (found === undefined) throw invalid(`the environment has no variable ${name}`, at, `export ${name}=…`);
      return found;
    });
  };
  const boolean: Read<boolean> = (value, at) => {
    if (typeof value !== "boolean") throw invalid("neither true nor false", at);
    return value;
  };
  const given = <T>(value: unknown, at: string, read: Read<T>): T | undefined =>
    value === undefined ? undefined : read(value, at);

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
  const { repos = {} } = object(json, "", ["repos"]);
  const found: [string, RepoConfig][] = [];
  for (const [name, value] of Object.entries(object(repos, "repos"))) {
    const at = join("repos", name);
    if (!REPO_NAME.test(name)) throw invalid("not a name for a repository", at, "letters, digits, _ . and -");
    found.push([name, repo(value, at)]);
  }
  return Object.fromEntries(found);
}

function join(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}

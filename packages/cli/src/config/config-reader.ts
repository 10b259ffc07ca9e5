import { AtdataError } from "@atdata/core";

/** Checks one value; `at` is the way of keys to it. */
export type Read<T> = (value: unknown, at: string) => T;

/** Checks values of a file of settings; what is wrong is `CONFIG_INVALID` with the way of keys, and without the value. */
export interface ConfigReader {
  /** Makes the error. */
  invalid(clause: string, at?: string, hint?: string): AtdataError<"CONFIG_INVALID">;
  /** Takes an object, of these keys alone where they are given. */
  object(value: unknown, at: string, known?: readonly string[]): Record<string, unknown>;
  /** Takes a text that is not empty; `${NAME}` in it stands for a variable of the environment. */
  string: Read<string>;
  /** Takes true or false. */
  boolean: Read<boolean>;
  /** Takes an http or https url without user and password. */
  webUrl: Read<string>;
  /** Takes a list. */
  list<T>(value: unknown, at: string, read: Read<T>): readonly T[];
  /** Takes an object whose keys are names. */
  byName<T>(value: unknown, at: string, read: Read<T>): Readonly<Record<string, T>>;
  /** Reads what is there. */
  given<T>(value: unknown, at: string, read: Read<T>): T | undefined;
}

/** Makes what checks the values of a file. */
export function configReader(file: string, env: Readonly<Record<string, string | undefined>>): ConfigReader {
  const invalid: ConfigReader["invalid"] = (clause, at, hint) => {
    const fields = { file, ...(at !== undefined && { at }) };
    return new AtdataError("CONFIG_INVALID", clause, fields, hint === undefined ? {} : { hint });
  };
  const object: ConfigReader["object"] = (value, at, known) => {
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
  return {
    invalid,
    object,
    string,
    boolean(value, at) {
      if (typeof value !== "boolean") throw invalid("neither true nor false", at);
      return value;
    },
    webUrl(value, at) {
      const url = URL.parse(string(value, at));
      if (url === null || !/^https?:$/.test(url.protocol)) throw invalid("not an http url", at, "https://…");
      if (url.username !== "" || url.password !== "") throw invalid("a url with a user or password", at);
      return url.href.replace(/\/$/, "");
    },
    list(value, at, read) {
      if (!Array.isArray(value)) throw invalid("not a list", at);
      return value.map((item, i) => read(item, `${at}[${i}]`));
    },
    byName(value, at, read) {
      const items = Object.entries(object(value, at)).map(
        ([name, item]) => [name, read(item, join(at, name))] as const,
      );
      return Object.fromEntries(items);
    },
    given: (value, at, read) => (value === undefined ? undefined : read(value, at)),
  };
}

/** Appends a key to the way of keys. */
export function join(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}

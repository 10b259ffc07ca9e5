import { AtdataError } from "../errors.ts";
import { redactUrl, schemeOf } from "./schemes.ts";

/** What a named reference may say that it names. */
export type NamedType = "schema" | "lens" | "dataset";

/** Something in a repository, by its name. */
export interface NamedRef {
  readonly kind: "named";
  /** Name of a repository, or a handle or DID. */
  readonly repo: string;
  /** What it names; absent in `@repo/name`, where the place that the reference stands in says it. */
  readonly type?: NamedType | undefined;
  /** Its name, which may have `/` in it; of a schema without the module that Python writes before it. */
  readonly name: string;
  /** `a.b.c`, or `a.b` for its latest patch; absent for the latest. */
  readonly version?: string | undefined;
}

/** An ATProto record. */
export interface RecordRef {
  readonly kind: "record";
  /** DID or handle of the account. */
  readonly authority: string;
  /** NSID of the collection. */
  readonly collection: string;
  /** Key of the record. */
  readonly rkey: string;
}

/** Files: a path, url, directory, glob or brace pattern; on ATProto `at://<did>/blob/<cid>` and `at://<did>/science.alt.dataset.file/<name>`. */
export interface FilesRef {
  readonly kind: "files";
  /** As it was given. */
  readonly files: string;
}

/** What a reference stands for. */
export type Ref = NamedRef | RecordRef | FilesRef;

/**
 * Reads a reference.
 *
 * - `@repo/name[@version]`: repository before the first `/`, version behind the last `@`. Literal: nothing is decoded.
 * - `atdata://repo/type/name[@version]`, type `schema` (or `sampleSchema`), `lens` or `dataset`. In the name `%XX` is decoded.
 * - `local://schemas/module.Class@version`, an old form of `atdata://local/schema/Class@version`.
 * - `at://authority/collection/rkey`. `at://did/blob/cid` and `at://did/science.alt.dataset.file/name` count as files.
 * - Everything else is files, whether there are any or not. A path that starts with `@` is written `./@…`.
 *
 * @throws AtdataError `REF_INVALID`.
 * @example
 * ```ts
 * import { parseRef } from "@atdata/core";
 * parseRef("@local/mnist@1.0"); // -> { kind: "named", repo: "local", name: "mnist", version: "1.0" }
 * parseRef("data/*.tar"); // -> { kind: "files", files: "data/*.tar" }
 * ```
 */
export function parseRef(text: string): Ref {
  if (text === "") throw invalid(text, "a reference is empty");
  if (text.startsWith("@")) return parseShort(text);
  switch (schemeOf(text)) {
    case "atdata":
      return parseAtdata(text);
    case "at":
      return parseAt(text);
    case "local":
      return parseLegacy(text);
    default:
      return { kind: "files", files: text };
  }
}

/**
 * Writes a reference so that {@link parseRef} reads the same.
 *
 * In `atdata://` only what would be misread is escaped: `%`, `@`, `?`, `#` and spaces. Python atdata decodes nothing, so that names
 * without these are the same for it.
 *
 * @throws AtdataError `REF_INVALID` – no text stands for it, such as a name with `@` and neither type nor version.
 * @example
 * ```ts
 * import { formatRef } from "@atdata/core";
 * formatRef({ kind: "named", repo: "local", type: "schema", name: "Digit", version: "1.0.0" });
 * // -> "atdata://local/schema/Digit@1.0.0"
 * ```
 */
export function formatRef(ref: Ref): string {
  const text = write(ref);
  const read = parseRef(text);
  if (read.kind !== ref.kind || !sameParts(read, ref)) {
    throw invalid(text, "no text stands for this reference", "name its type, or write a path as ./…");
  }
  return text;
}

/** Tells whether a text is a version as references have it: `a.b.c` or `a.b`, without leading zeros. */
function isRefVersion(version: string): boolean {
  return /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){1,2}$/.test(version);
}

function parseShort(text: string): NamedRef {
  const slash = text.indexOf("/");
  if (slash < 0) throw invalid(text, "no name behind the repository", SHORT_FORM);
  const { name, version } = splitVersion(text, text.slice(slash + 1));
  return named(text, text.slice(1, slash), undefined, name, version);
}

function parseAtdata(text: string): NamedRef {
  const [, repo = "", segment = "", rest = ""] = /^[^:]*:\/\/([^/]*)\/([^/]*)\/(.*)$/s.exec(text) ?? [];
  const type = segment === "sampleSchema" ? "schema" : segment;
  if (type !== "schema" && type !== "lens" && type !== "dataset") {
    throw invalid(text, "the type is none of schema, lens and dataset", LONG_FORM);
  }
  if (/[?#]/.test(rest))
    throw invalid(text, "a query or fragment has no meaning here", "write %3F and %23 for ? and #");
  const { name, version } = splitVersion(text, rest);
  // A dotted name is Python's `module.Class`; what is escaped is meant.
  const own = type === "schema" ? name.slice(name.lastIndexOf(".") + 1) : name;
  return named(text, repo, type, decodeName(text, own), version);
}

function parseLegacy(text: string): NamedRef {
  const rest = /^[^:]*:\/\/schemas\/(.*)$/s.exec(text)?.[1];
  if (rest === undefined) throw invalid(text, "not of the form local://schemas/module.Class@version");
  const { name, version } = splitVersion(text, rest);
  return named(text, "local", "schema", name.slice(name.lastIndexOf(".") + 1), version);
}

function parseAt(text: string): RecordRef | FilesRef {
  const parts = /^[^:]*:\/\/([^/]*)\/([^/]*)\/([^/]*)$/.exec(text);
  if (parts === null) throw invalid(text, "not of the form at://authority/collection/rkey");
  const [, given = "", collection = "", rkey = ""] = parts;
  const isDid = DID.test(given);
  if (collection === "blob") {
    if (isDid && /^[A-Za-z0-9]{8,200}$/.test(rkey)) return { kind: "files", files: text };
    throw invalid(text, "a blob is named by the DID of its account and its CID");
  }
  if (!isDid && !(HANDLE.test(given) && given.length <= 253))
    throw invalid(text, "the authority is no DID and no handle");
  if (collection === FILE_COLLECTION) return { kind: "files", files: text };
  if (!NSID.test(collection) || collection.length > 317) throw invalid(text, "the collection is no NSID such as a.b.c");
  if (!RKEY.test(rkey) || rkey === "." || rkey === "..") throw invalid(text, "the record key is not valid");
  // Handles are names of hosts; DIDs know upper case.
  return { kind: "record", authority: isDid ? given : given.toLowerCase(), collection, rkey };
}

function splitVersion(text: string, rest: string): { name: string; version: string | undefined } {
  const at = rest.lastIndexOf("@");
  if (at < 0) return { name: rest, version: undefined };
  const version = rest.slice(at + 1);
  if (!isRefVersion(version))
    throw invalid(text, "what follows the last @ is no version", "a.b.c or a.b, such as 1.0.2");
  return { name: rest.slice(0, at), version };
}

function named(
  text: string,
  repo: string,
  type: NamedType | undefined,
  name: string,
  version: string | undefined,
): NamedRef {
  const form = type === undefined ? SHORT_FORM : LONG_FORM;
  if (repo === "") throw invalid(text, "the repository is empty", form);
  if (!REPO.test(repo)) throw invalid(text, "the repository is no name, handle or DID", form);
  if (name.split("/").includes("")) throw invalid(text, "the name, or a part of it, is empty", form);
  if (CONTROL.test(name)) throw invalid(text, "the name has a control character");
  return { kind: "named", repo, ...(type && { type }), name, ...(version !== undefined && { version }) };
}

function write(ref: Ref): string {
  if (ref.kind === "files") return ref.files;
  if (ref.kind === "record") return `at://${ref.authority}/${ref.collection}/${ref.rkey}`;
  const { repo, type, name, version } = ref;
  const end = version === undefined ? "" : `@${version}`;
  if (type === undefined) return `@${repo}/${name}${end}`;
  const escaped = name.replace(type === "schema" ? /[%@?#.\s]/g : /[%@?#\s]/g, (char) =>
    // `encodeURIComponent` leaves the dot as it is.
    char === "." ? "%2E" : encodeURIComponent(char),
  );
  return `atdata://${repo}/${type}/${escaped}${end}`;
}

function sameParts(a: object, b: object): boolean {
  const parts = (ref: object): string =>
    JSON.stringify(
      Object.entries(ref)
        .filter(([, part]) => part !== undefined)
        .sort(),
    );
  return parts(a) === parts(b);
}

function decodeName(text: string, name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    throw invalid(text, "the name has a % that escapes nothing", "write %25 for %", cause);
  }
}

function invalid(text: string, clause: string, hint?: string, cause?: unknown): AtdataError {
  return new AtdataError(
    "REF_INVALID",
    clause,
    { ref: redactUrl(text).slice(0, 200) },
    { ...(hint && { hint }), cause },
  );
}

/** Records of files in a repository: their uris are urls of shards and sidecars. */
const FILE_COLLECTION = "science.alt.dataset.file";
const SHORT_FORM = "write @repo/name or @repo/name@1.0.0; a path that starts with @ is ./@…";
const LONG_FORM = "write atdata://repo/dataset/name@1.0.0, or schema or lens for dataset";
const REPO = /^[A-Za-z0-9_][A-Za-z0-9._:%-]{0,2047}$/;
const DID = /^did:[a-z]+:[A-Za-z0-9._:%-]{0,2000}[A-Za-z0-9._-]$/;
const HANDLE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const NSID =
  /^[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+\.[A-Za-z][A-Za-z0-9]{0,62}$/;
// `@` is of no valid key, but keys such as `name@1.0.0` are about.
const RKEY = /^[A-Za-z0-9._:~@-]{1,512}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

import { AtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import { type NamedType, parseRef } from "../refs/ref.ts";
import { redactUrl, schemeOf } from "../refs/schemes.ts";
import { findRepo, type IndexParts } from "./index-parts.ts";
import { parseVersion } from "./versions.ts";

/** Where in an index something is looked for. */
export interface Place {
  /** As it was given, for messages. */
  readonly ref: string;
  /** Name of a repository of the index. */
  readonly repo: string;
  /** Its name there. */
  readonly name: string;
  /** `a.b.c`, or `a.b` for its latest patch; absent for the latest. */
  readonly version: string | undefined;
  /** The reference itself, where it is the uri of a record and no name. */
  readonly uri?: string | undefined;
}

/** How a reference is understood. */
export interface RouteOptions extends CallOptions {
  /** What it must name. */
  readonly type: NamedType;
  /** What names without a repository, and those of `atdata://local/`, are of. Default `local`. */
  readonly home?: string | undefined;
}

/**
 * Finds the repository that a reference is of. A bare name is of `local`; a `/` in it ends the name of a repository.
 *
 * One that the index does not have is looked for on the network, if it is a handle or DID.
 *
 * @throws AtdataError `REPO_UNKNOWN`, `REF_INVALID`, or what the network says.
 */
export async function route(
  parts: IndexParts,
  ref: string,
  { type, home = "local", signal }: RouteOptions,
): Promise<Place> {
  const parsed = parseRef(fullRef(ref, home));
  if (parsed.kind === "record") {
    const { authority: repo } = parsed;
    if (parts.network !== undefined) {
      await findRepo(parts, repo, ref, { signal });
      return { ref, repo, name: parsed.rkey, version: undefined, uri: ref };
    }
    const hint = "give createIndex a repository of @atdata/atmosphere";
    throw new AtdataError("REPO_UNKNOWN", "no repository of this index reads ATProto records", { ref, repo }, { hint });
  }
  if (parsed.kind === "files") {
    throw new AtdataError("REF_INVALID", "files are no name in an index", { ref: redactUrl(ref) });
  }
  if (parsed.type !== undefined && parsed.type !== type) {
    throw new AtdataError("REF_INVALID", `the reference names a ${parsed.type}, not a ${type}`, { ref });
  }
  // Every repository's own schemas are `atdata://local/schema/…` in its entries.
  const repo = parsed.repo === "local" && !ref.startsWith("@") ? home : parsed.repo;
  await findRepo(parts, repo, ref, { signal });
  return { ref, repo, name: parsed.name, version: parsed.version };
}

/** Finds where something is put: a version has to be whole. */
export async function routeToWrite(parts: IndexParts, ref: string, { signal }: CallOptions): Promise<Place> {
  const place = await route(parts, ref, { type: "dataset", signal });
  if (place.uri !== undefined) {
    const hint = "write @repo/name";
    throw new AtdataError("REF_INVALID", "a dataset is put under a name, and not as a record", { ref }, { hint });
  }
  if (place.version !== undefined && parseVersion(place.version) === undefined) {
    const hint = `${ref}.0`;
    throw new AtdataError("REF_INVALID", "the version of what is put is of the form a.b.c", { ref }, { hint });
  }
  return place;
}

function fullRef(ref: string, home: string): string {
  if (ref.startsWith("@") || ["atdata", "at", "local"].includes(schemeOf(ref))) return ref;
  if (schemeOf(ref) !== "file" || /^[./\\]|^[A-Za-z]:/.test(ref)) {
    const hint = "index.insert makes an entry for files; loadDataset opens them without";
    throw new AtdataError("REF_INVALID", "files are no name in an index", { ref: redactUrl(ref) }, { hint });
  }
  return ref.includes("/") ? `@${ref}` : `@${home}/${ref}`;
}

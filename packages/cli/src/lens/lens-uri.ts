import type { Atmosphere, RepoRecord } from "@atdata/atmosphere";
import { AtdataError, type CallOptions, parseRef } from "@atdata/core";
import { OWN_REPO } from "../config/parse-config.ts";

const COLLECTION = "science.alt.dataset.lens";

/**
 * Finds the record of a lens: by its uri, or by `@me/name` or `@handle/name`, with a version or else in the highest one.
 *
 * @throws AtdataError `LENS_UNKNOWN`, `REF_INVALID`, or what finding the account throws.
 */
export async function lensUri(ref: string, atmosphere: Atmosphere, options: CallOptions): Promise<string> {
  const parsed = parseRef(ref);
  if (parsed.kind === "record") return ref;
  if (parsed.kind === "files") {
    const hint = "atdata lens publish, then @me/name";
    throw new AtdataError("REF_INVALID", "what is verified is a lens that is published", { ref }, { hint });
  }
  const { repo, name, version } = parsed;
  const authority = repo === OWN_REPO ? atmosphere.did : repo;
  if (authority === undefined || !/[.:]/.test(authority)) {
    const hint = "@me/name, @handle/name or an at:// uri";
    throw new AtdataError("REPO_UNKNOWN", "not an account on ATProto", { ref, repo }, { hint });
  }
  const repository = await atmosphere.open(authority, options);
  const named = (await repository.all(COLLECTION, options)).filter(({ value }) => value.name === name);
  const matching = named.filter((record) => version === undefined || `${versionOf(record)}.`.startsWith(`${version}.`));
  const [found] = matching.sort((a, b) => versionOf(b).localeCompare(versionOf(a), "en", { numeric: true }));
  if (found !== undefined) return found.uri;
  const versions = named.map((record) => `@${repo}/${name}@${versionOf(record)}`).join(" or ");
  const hint = versions === "" ? `atdata lens list --repo ${repo}` : versions;
  throw new AtdataError("LENS_UNKNOWN", "the account has no such lens", { lens: ref }, { hint });
}

/** Python's records of lenses have no versions. */
function versionOf({ value }: RepoRecord): string {
  const { atdata } = (value.metadata ?? {}) as { readonly atdata?: { readonly version?: unknown } };
  return typeof atdata?.version === "string" ? atdata.version : "1.0.0";
}

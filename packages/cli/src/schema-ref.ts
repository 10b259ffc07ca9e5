import { formatRef, type RepoSchema } from "@atdata/core";

/** Writes what a stored type is referred to by from anywhere; that of its own repository's entries always says `local`. */
export function schemaRef({ repo, name, version }: RepoSchema): string {
  return formatRef({ kind: "named", repo, type: "schema", name, version });
}

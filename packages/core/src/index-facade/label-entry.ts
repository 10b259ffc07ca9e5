import { AtdataError } from "../errors.ts";
import { resolveEntry } from "./find-entry.ts";
import type { LabelOptions } from "./index-options.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import type { RepoLabel } from "./repo-items.ts";
import { route } from "./route.ts";
import { parseVersion } from "./versions.ts";

/** Lets a name and version stand for the dataset that a reference names. */
export async function labelEntry(
  parts: IndexParts,
  ref: string,
  { name: given, version, description, expect, signal }: LabelOptions,
): Promise<RepoLabel> {
  const entry = await resolveEntry(parts, ref, { signal });
  const { repo, id } = entry;
  if (version !== undefined && parseVersion(version) === undefined) {
    throw new AtdataError("REF_INVALID", "the version of a label is of the form a.b.c", { ref: `${ref}@${version}` });
  }
  // A name that could not be referred to would be lost.
  const { name } = given === undefined ? entry : await route(parts, `@${repo}/${given}`, { type: "dataset", signal });
  if (given !== undefined && name !== given) {
    throw new AtdataError("REF_INVALID", "the version of a label is given by itself", { ref: given });
  }
  const { provider } = requireRepo(parts, repo, ref);
  const label = { name, version: version ?? "", id, description };
  const put = await provider.putLabel(label, { expect, signal });
  const held = await provider.getLabel(name, label.version, { signal });
  if (put) return { ...label, ...held, repo };
  const fields = {
    label: version === undefined ? name : `${name}@${version}`,
    want: expect ?? "no label",
    ...(held !== undefined && { found: held.id }),
  };
  throw new AtdataError("LABEL_CONFLICT", "the label does not stand for what was expected", fields);
}

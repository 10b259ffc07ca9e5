import { isAtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import { schemaFromLocal } from "../schema/local-form.ts";
import { storedSchema } from "./find-schema.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import { publishAs } from "./publish-schema.ts";
import type { RepoEntry } from "./repo-items.ts";
import type { IndexedLens } from "./store-lens.ts";

/** Where a dataset was copied to. */
export interface CopiedTo extends CallOptions {
  /** Name of the repository. */
  readonly repo: string;
  /** What the dataset's type is there. */
  readonly schemaRef: string;
}

/** Copies the lenses that start at a dataset's type, with the types that they lead to; a name and version that is taken stays as it is. */
export async function copyLenses(
  parts: IndexParts,
  from: RepoEntry,
  { repo, schemaRef, signal }: CopiedTo,
): Promise<void> {
  if (from.repo === repo) return;
  const { provider } = requireRepo(parts, from.repo, `@${from.repo}`);
  for await (const { name, version, json } of provider.listLenses({ signal })) {
    const lens = json as Partial<IndexedLens>;
    if (lens.atdata_source !== from.schemaRef) continue;
    const view = lens.atdata_view && (await publishedView(parts, lens.atdata_view, from.repo, { repo, signal }));
    if (view === undefined || view === "") continue;
    const moved = { ...lens, atdata_source: schemaRef, atdata_view: view };
    await requireRepo(parts, repo, `@${repo}`).provider.createLens({ name, version, json: moved }, { signal });
  }
}

async function publishedView(
  parts: IndexParts,
  ref: string,
  home: string,
  { repo, signal }: Omit<CopiedTo, "schemaRef">,
): Promise<string | undefined> {
  const stored = await storedSchema(parts, ref, home, { signal });
  if (stored === undefined) return undefined;
  const type = schemaFromLocal(stored.json, { codecs: parts.codecs });
  try {
    return (await publishAs(parts, type, { repo, version: stored.version, signal })).held.ref;
  } catch (error) {
    if (!isAtdataError(error, "SCHEMA_CONFLICT")) throw error;
    return (await publishAs(parts, type, { repo, signal })).held.ref;
  }
}

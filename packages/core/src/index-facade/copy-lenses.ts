import { isAtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { StoredSchema } from "../protocols/index-provider.ts";
import { storedSchema } from "./find-schema.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import { publishAs, rebuilt } from "./publish-schema.ts";
import type { RepoEntry } from "./repo-items.ts";
import type { IndexedLens } from "./store-lens.ts";

/** Where a dataset was copied to. */
export interface CopiedTo extends CallOptions {
  /** Name of the repository. */
  readonly repo: string;
  /** What the dataset's type is there. */
  readonly schemaRef: string;
}

/**
 * Copies the lenses that start at a dataset's type, with the types that they lead to.
 *
 * A name and version that is taken stays as it is; a lens or type that cannot be read stays where it is.
 */
export async function copyLenses(
  parts: IndexParts,
  from: RepoEntry,
  { repo, schemaRef, signal }: CopiedTo,
): Promise<void> {
  if (from.repo === repo) return;
  const { provider } = requireRepo(parts, from.repo, `@${from.repo}`);
  for await (const { name, version, json } of provider.listLenses({ signal })) {
    // Another program may have put anything there.
    const lens = (typeof json === "object" && json !== null ? json : {}) as Partial<IndexedLens>;
    if (lens.atdata_source !== from.schemaRef) continue;
    const view = await publishedView(parts, lens.atdata_view, from.repo, { repo, signal });
    if (view === undefined) continue;
    const moved = { ...lens, atdata_source: schemaRef, atdata_view: view };
    await requireRepo(parts, repo, `@${repo}`).provider.createLens({ name, version, json: moved }, { signal });
  }
}

async function publishedView(
  parts: IndexParts,
  ref: unknown,
  home: string,
  { repo, signal }: Omit<CopiedTo, "schemaRef">,
): Promise<string | undefined> {
  const stored = typeof ref === "string" ? await schemaAt(parts, ref, home, { signal }) : undefined;
  const type = stored && rebuilt(parts, stored);
  if (stored === undefined || type === undefined) return undefined;
  try {
    return (await publishAs(parts, type, { repo, version: stored.version, signal })).held.ref;
  } catch (error) {
    if (!isAtdataError(error, "SCHEMA_CONFLICT")) throw error;
    return (await publishAs(parts, type, { repo, signal })).held.ref;
  }
}

/** A ref that is none, or leads out of the index, finds nothing. */
async function schemaAt(
  parts: IndexParts,
  ref: string,
  home: string,
  options: CallOptions,
): Promise<StoredSchema | undefined> {
  try {
    return await storedSchema(parts, ref, home, options);
  } catch (error) {
    if (isAtdataError(error, "REF_INVALID", "REPO_UNKNOWN")) return undefined;
    throw error;
  }
}

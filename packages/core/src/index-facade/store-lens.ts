import { AtdataError } from "../errors.ts";
import { deepEqual } from "../lens/deep-equal.ts";
import type { AnyLens } from "../lens/lens.ts";
import { lensToStored, type StoredLens } from "../lens/stored-lens.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { Created, StoredLensRecord } from "../protocols/index-provider.ts";
import type { IndexStoreLensOptions } from "./index-options.ts";
import { findRepo, type IndexParts, requireRepo } from "./index-parts.ts";
import { publishAs } from "./publish-schema.ts";
import { byVersion, nextVersion } from "./versions.ts";

/** A stored lens with what the index adds, which Python passes over: its types by version and not by name alone. */
export interface IndexedLens extends StoredLens {
  /** Ref of the source's schema. */
  readonly atdata_source?: string;
  /** Ref of the view's schema. */
  readonly atdata_view?: string;
}

const MAX_RACES = 100;

/** Stores a lens and the types on both sides, or finds the equal one that is held. */
export async function storeLens(
  parts: IndexParts,
  lens: AnyLens,
  { repo = "local", version, name, description, signal }: IndexStoreLensOptions,
): Promise<Created<StoredLensRecord>> {
  const { provider } = await findRepo(parts, repo, `@${repo}`, { signal });
  // The lens is checked before anything is published.
  const stored = lensToStored(lens, { version: version ?? "1.0.0", name, description });
  const [source, view] = [
    await publishAs(parts, lens.source, { repo, version: lens.source.version, signal }),
    await publishAs(parts, lens.view, { repo, version: lens.view.version, signal }),
  ];
  const refs = { atdata_source: source.held.ref, atdata_view: view.held.ref };
  for (let race = 0; race < MAX_RACES; race++) {
    const others = await lensVersions(parts, repo, stored.name, { signal });
    const next = others[0] === undefined ? "1.0.0" : nextVersion(others[0].version, "patch");
    const json: IndexedLens = { ...stored, version: version ?? next, ...refs };
    const same = others.find((each) => sameLens(each.json, json) && each.version === (version ?? each.version));
    if (same !== undefined) return { created: false, held: same };
    const made = await provider.createLens({ name: json.name, version: json.version, json }, { signal });
    if (made.created || sameLens(made.held.json, json)) return made;
    if (version !== undefined) {
      const fields = { lens: `${json.name}@${version}` };
      throw new AtdataError("LENS_CONFLICT", "another lens has this name and version", fields, { hint: next });
    }
  }
  throw new AtdataError("INDEX_FAILED", "too many others store this lens", {
    index: provider.name,
    operation: "createLens",
  });
}

/** Lists the stored versions of a lens, the highest first. */
export async function lensVersions(
  parts: IndexParts,
  repo: string,
  name: string | undefined,
  options: CallOptions,
): Promise<StoredLensRecord[]> {
  const { provider } = requireRepo(parts, repo, `@${repo}`);
  const stored: StoredLensRecord[] = [];
  for await (const each of provider.listLenses({ ...options, name })) stored.push(each);
  return byVersion(stored);
}

/** Lenses are the same when they do the same between the same types, whenever they were stored. */
function sameLens(a: unknown, b: unknown): boolean {
  const done = (json: unknown): object => {
    const { version: _, created_at: __, description: ___, ...rest } = json as Partial<IndexedLens>;
    return rest;
  };
  return typeof a === "object" && a !== null && deepEqual(done(a), done(b));
}

import { entryDetails, isAtdataError, type Label, parseRef, type RepoEntry, redactUrl } from "@atdata/core";

/** What is told of a dataset of an index. */
export interface EntryFacts {
  /** What it is referred to by, without a version. */
  readonly ref: string;
  readonly repo: string;
  readonly name: string;
  readonly id: string;
  /** Its type: `Name@version`, or an `at://` uri. */
  readonly schema: string;
  /** The labels that stand for it; a label without a version has null. */
  readonly labels: readonly { readonly name: string; readonly version: string | null }[];
  readonly shards: number;
  /** Null where nobody noted it. */
  readonly samples: number | null;
  readonly bytes: number | null;
  readonly createdAt: string | null;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly license?: string;
}

/** Gathers what is told of an entry. */
export function entryFacts(entry: RepoEntry, labels: readonly Label[]): EntryFacts {
  const { repo, name, id, createdAt } = entry;
  const { shards, samples, bytes, tags, description, license } = entryDetails(entry);
  return {
    ...{ ref: `@${repo}/${name}`, repo, name, id, schema: schemaName(entry.schemaRef) },
    labels: labels.map((label) => ({ name: label.name, version: label.version === "" ? null : label.version })),
    shards: shards.length,
    samples: samples ?? null,
    bytes: bytes ?? null,
    createdAt: createdAt ?? null,
    tags,
    ...(description !== undefined && { description }),
    ...(license !== undefined && { license }),
  };
}

/** Tells the urls of an entry's shards, and what is known of each. */
export function shardFacts(entry: RepoEntry): Record<string, unknown>[] {
  return entryDetails(entry).shards.map(({ url, samples, bytes, sha256 }) => ({
    url: redactUrl(url),
    samples: samples ?? null,
    bytes: bytes ?? null,
    ...(sha256 !== undefined && { sha256 }),
  }));
}

/** Writes a schema's reference shortly: without the repository, which is the entry's own. */
function schemaName(ref: string): string {
  try {
    const parsed = parseRef(ref);
    if (parsed.kind !== "named") return ref;
    return parsed.version === undefined ? parsed.name : `${parsed.name}@${parsed.version}`;
  } catch (error) {
    if (isAtdataError(error)) return ref;
    throw error;
  }
}

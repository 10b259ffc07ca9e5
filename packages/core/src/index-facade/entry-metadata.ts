import { AtdataError } from "../errors.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import type { IndexEntry } from "../protocols/index-provider.ts";
import { expandBraces } from "../refs/braces.ts";

/** What is known of a dataset besides its name, schema and urls. */
export interface EntryDetails {
  /** The shards in order, each with what is known of it. */
  readonly shards: readonly ShardInfo[];
  /** What the dataset is. */
  readonly description?: string | undefined;
  /** Words to find it by. */
  readonly tags: readonly string[];
  /** Its licence. */
  readonly license?: string | undefined;
  /** Number of samples. */
  readonly samples?: number | undefined;
  /** Bytes of all shards. */
  readonly bytes?: number | undefined;
  /** Url of its `dataset.json`. */
  readonly file?: string | undefined;
  /** Name of the format of its shards. */
  readonly format?: string | undefined;
  /** How its shards were cut. */
  readonly options?: Readonly<Record<string, number>> | undefined;
  /** Names of the plugins that followed the writing, and so of the sidecars there are. */
  readonly plugins?: readonly string[] | undefined;
  /** JSON of the user's own. */
  readonly content?: Readonly<Record<string, unknown>> | undefined;
  /** The copies that led to it, the first one first. */
  readonly provenance?: readonly ProvenanceStep[] | undefined;
}

/** A copy of a dataset. */
export interface ProvenanceStep {
  /** `copy` where bytes stayed as they were, `rewrite` where shards were written anew. */
  readonly operation: "copy" | "rewrite";
  /** Name of the entry that was copied; absent for plain files. */
  readonly name?: string | undefined;
  /** Its id. */
  readonly id?: string | undefined;
  /** SHA-256 of each shard that was read, where known. */
  readonly sha256?: readonly string[] | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const VERSION = 1;
const sha256Hex = /^[0-9a-f]{64}$/;

/** Writes what is known of a dataset as the metadata of its entry: Python's keys, and ours under `atdata`. */
export function entryMetadata(details: EntryDetails): Record<string, unknown> {
  const { shards, description, tags, license } = details;
  const sums = shards.flatMap(({ url, sha256 }) => (sha256 === undefined ? [] : [[url, sha256] as const]));
  return {
    ...(sums.length > 0 && { checksums: Object.fromEntries(sums) }),
    ...(tags.length > 0 && { tags: [...tags] }),
    ...given({ description, license }),
    atdata: {
      version: VERSION,
      ...given({
        format: details.format,
        file: details.file,
        shards: shards.map(({ samples, bytes }) => given({ samples, bytes })),
        samples: details.samples,
        bytes: details.bytes,
        options: details.options,
        plugins: details.plugins,
        content: details.content,
        provenance: details.provenance?.map((step) => given({ ...step })),
      }),
    },
  };
}

/**
 * Reads what is known of a dataset, whether this library, Python or somebody else made its entry.
 *
 * What is not of the expected form counts as unknown. Urls in braces, as Python notes them, are expanded where the entry is not ours.
 *
 * @throws {@link AtdataError} `FORMAT_TOO_NEW` – a newer version of this library made the entry.
 * @example
 * ```ts
 * import { entryDetails } from "@atdata/core";
 * const entry = { id: "…", name: "d", schemaRef: "atdata://local/schema/D@1.0.0", dataUrls: ["/d-{0..1}.tar"] };
 * entryDetails(entry).shards; // -> [{ url: "/d-0.tar" }, { url: "/d-1.tar" }]
 * ```
 */
export function entryDetails(entry: IndexEntry): EntryDetails {
  const metadata = record(entry.metadata);
  const ours = own(metadata, "atdata");
  const atdata = record(ours);
  if (ours !== undefined) checkVersion(own(atdata, "version"));
  const sums = record(own(metadata, "checksums"));
  const facts = list(own(atdata, "shards"));
  const urls = ours === undefined ? entry.dataUrls.flatMap((url) => expandBraces(url)) : entry.dataUrls;
  return {
    shards: urls.map((url, i) => {
      const fact = record(facts[i]);
      const sha256 = text(own(sums, url))?.toLowerCase();
      return given({
        url,
        samples: count(own(fact, "samples")),
        bytes: count(own(fact, "bytes")),
        sha256: sha256 !== undefined && sha256Hex.test(sha256) ? sha256 : undefined,
      });
    }),
    ...saidOf(entry),
    ...given({
      samples: count(own(atdata, "samples")),
      bytes: count(own(atdata, "bytes")),
      file: text(own(atdata, "file")),
      format: text(own(atdata, "format")),
      options: own(atdata, "options") === undefined ? undefined : numbers(record(own(atdata, "options"))),
      plugins: own(atdata, "plugins") === undefined ? undefined : texts(own(atdata, "plugins")),
      content: own(atdata, "content") === undefined ? undefined : record(own(atdata, "content")),
      provenance: own(atdata, "provenance") === undefined ? undefined : steps(own(atdata, "provenance")),
    }),
  };
}

/** Reads what people say of a dataset; that is searched. */
export function saidOf(entry: IndexEntry): Pick<EntryDetails, "description" | "tags" | "license"> {
  const metadata = record(entry.metadata);
  return {
    tags: texts(own(metadata, "tags")),
    ...given({ description: text(own(metadata, "description")), license: text(own(metadata, "license")) }),
  };
}

function checkVersion(version: unknown): void {
  if (version === undefined || version === VERSION) return;
  const fields = { format: "atdata entry", found: String(version), supported: String(VERSION) };
  throw new AtdataError("FORMAT_TOO_NEW", "entry is of a newer version", fields, { hint: "update atdata" });
}

function steps(value: unknown): ProvenanceStep[] {
  return list(value).map((item) => {
    const step = record(item);
    const sums = own(step, "sha256");
    return given({
      operation: own(step, "operation") === "rewrite" ? ("rewrite" as const) : ("copy" as const),
      name: text(own(step, "name")),
      id: text(own(step, "id")),
      sha256: sums === undefined ? undefined : texts(sums),
    });
  });
}

/** Leaves out what is undefined, which msgpack would store as null. */
function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

function own(value: Json, key: string): unknown {
  return Object.hasOwn(value, key) ? (value[key] ?? undefined) : undefined;
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === "string");
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function numbers(value: Json): Record<string, number> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item === "number")) as Record<
    string,
    number
  >;
}

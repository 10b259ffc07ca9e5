import type { JsonRecord } from "../client/repo-client.ts";
import { isJsonObject } from "../lexicon/problem.ts";
import { valueFromJson, valueToJson } from "./bytes-json.ts";
import type { StoredNames } from "./file-names.ts";
import { metadataToBytes } from "./metadata-bytes.ts";

type Metadata = Readonly<Record<string, unknown>>;

/** What an entry's metadata is written with. */
export interface MetadataPlace {
  /** The shards' urls. */
  readonly urls: readonly string[];
  /** Names of the shards that are files. */
  readonly names: StoredNames | undefined;
  /** Whether a url has braces that must not be expanded: only metadata of ours says so. */
  readonly literal: boolean;
}

/** What the metadata of a record says of the record itself. */
export interface ReadMetadata {
  /** The rest of it. */
  readonly rest: Metadata | undefined;
  /** Names of shards that are files, unchecked. */
  readonly names: unknown;
  /** Whether this library wrote it, and urls are literal. */
  readonly ours: boolean;
  /** Whether `rest` is all there is, whatever the record's other fields say. */
  readonly whole: boolean;
}

const VERSION = 1;
const sha256Hex = /^[0-9a-f]{64}$/;

/** Gives the checksums that metadata has of these urls. */
export function checksumsOf(metadata: Metadata | undefined, urls: readonly string[]): Map<string, string> {
  const sums = isJsonObject(metadata?.checksums) ? metadata.checksums : {};
  const known = urls.flatMap((url) => {
    const sum = Object.hasOwn(sums, url) ? sums[url] : undefined;
    return typeof sum === "string" && sha256Hex.test(sum) ? [[url, sum] as const] : [];
  });
  return new Map(known);
}

/** Writes metadata as the fields of a record: what the lexicon has a field for stands there, the rest in `metadata`. */
export function metadataToFields(metadata: Metadata | undefined, place: MetadataPlace): JsonRecord {
  const { names, literal } = place;
  const { fields, rest } = divided(metadata ?? {}, place);
  const { atdata } = metadata ?? {};
  const mark = { ...(names !== undefined && { names }) };
  const simple =
    atdata === undefined
      ? metadata !== undefined && (!literal || names !== undefined)
      : isJsonObject(atdata) && Object.keys(atdata).length > 0 && !("names" in atdata) && !("whole" in atdata);
  if (!simple) {
    // Without metadata there is nothing to keep unless something has to be said of the record.
    if (metadata === undefined && !literal && names === undefined) return fields;
    return { ...fields, metadata: metadataToBytes({ atdata: { ...mark, whole: metadata ?? null } }) };
  }
  const ours = { ...(rest.atdata as JsonRecord | undefined), ...mark };
  const { atdata: _, ...others } = rest;
  const stored = Object.keys(ours).length > 0 ? { ...others, atdata: ours } : others;
  const kept = Object.keys(stored).length > 0 || Object.keys(metadata ?? {}).length === 0;
  return kept ? { ...fields, metadata: metadataToBytes(stored) } : fields;
}

/** Takes apart what {@link metadataToFields} has put into `metadata`. */
export function readMetadata(metadata: Metadata | undefined): ReadMetadata {
  const atdata = metadata !== undefined && Object.hasOwn(metadata, "atdata") ? metadata.atdata : undefined;
  if (!isJsonObject(atdata)) return { rest: metadata, names: undefined, ours: false, whole: false };
  const { names, whole, ...facts } = atdata;
  if (whole === null || isJsonObject(whole)) return { rest: whole ?? undefined, names, ours: true, whole: true };
  const { atdata: _, ...others } = metadata ?? {};
  const bare = names !== undefined && Object.keys(facts).length === 0;
  return { rest: bare ? others : { ...others, atdata: facts }, names, ours: true, whole: false };
}

/** Joins the rest of the metadata with what other fields of the record say. */
export function metadataFromFields(
  value: JsonRecord,
  { rest, whole, ours }: ReadMetadata,
  { urls, sums }: { readonly urls: readonly string[]; readonly sums: ReadonlyMap<string, string> },
): Metadata | undefined {
  if (whole) return rest;
  const { tags, description, license, contentMetadata } = value;
  const size = isJsonObject(value.size) ? value.size : {};
  const facts = {
    ...(size.samples !== undefined && { samples: size.samples }),
    ...(size.bytes !== undefined && { bytes: size.bytes }),
    ...(contentMetadata !== undefined && { content: valueFromJson(contentMetadata) }),
  };
  const said = {
    ...(sums.size > 0 && { checksums: Object.fromEntries(sums) }),
    ...(Array.isArray(tags) && tags.length > 0 && { tags: [...(tags as unknown[])] }),
    ...(description !== undefined && { description }),
    ...(license !== undefined && { license }),
    // Braces that are left are no pattern: those of a pattern are expanded by now.
    ...((Object.keys(facts).length > 0 || (!ours && hasBraces(urls))) && { atdata: { version: VERSION, ...facts } }),
  };
  if (rest === undefined) return Object.keys(said).length > 0 ? said : undefined;
  const joined = isJsonObject(rest.atdata) ? { atdata: { ...said.atdata, ...rest.atdata } } : {};
  return { ...said, ...rest, ...joined };
}

/** Divides metadata into what records have fields for, and the rest. Where a field cannot hold all, the rest has it too. */
function divided(
  metadata: Metadata,
  { urls }: MetadataPlace,
): { readonly fields: JsonRecord; readonly rest: Metadata } {
  const { tags, description, license, checksums, atdata } = metadata;
  const texts = Array.isArray(tags) ? tags.filter((tag) => fits(tag, 150)).slice(0, 30) : [];
  const facts = isJsonObject(atdata) && atdata.version === VERSION ? atdata : {};
  const { samples, bytes, content } = facts;
  const size = { ...(isCount(samples) && { samples }), ...(isCount(bytes) && { bytes }) };
  const hasContent = isJsonObject(content) && !hasDollarKey(content);
  const moved = new Set<string>([
    ...(texts.length > 0 && texts.length === (tags as unknown[]).length ? ["tags"] : []),
    ...(fits(description, 5000) ? ["description"] : []),
    ...(fits(license, 200) ? ["license"] : []),
    ...(sameSums(checksums, checksumsOf(metadata, urls)) ? ["checksums"] : []),
  ]);
  const movedFacts = new Set<string>([...Object.keys(size), ...(hasContent ? ["content"] : [])]);
  return {
    fields: {
      ...(fits(description, 5000) && { description }),
      // Python always writes tags.
      tags: texts,
      ...(Object.keys(size).length > 0 && { size: { ...size, shards: urls.length } }),
      ...(fits(license, 200) && { license }),
      ...(hasContent && { contentMetadata: valueToJson(content) }),
    },
    rest: {
      ...without(metadata, moved),
      ...(isJsonObject(atdata) && { atdata: without(atdata, movedFacts) }),
    },
  };
}

/** Tells whether a url may be taken for a pattern. */
export function hasBraces(urls: readonly string[]): boolean {
  return urls.some((url) => /[{}]/.test(url));
}

function without(value: JsonRecord, keys: ReadonlySet<string>): JsonRecord {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

function sameSums(checksums: unknown, known: ReadonlyMap<string, string>): boolean {
  return isJsonObject(checksums) && known.size > 0 && Object.keys(checksums).length === known.size;
}

function fits(value: unknown, maxBytes: number): value is string {
  return typeof value === "string" && new TextEncoder().encode(value).length <= maxBytes;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** ATProto gives maps with such keys a meaning of its own. */
function hasDollarKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasDollarKey);
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([key, item]) => key.startsWith("$") || hasDollarKey(item));
}

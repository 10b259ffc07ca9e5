import {
  AtdataError,
  type CallOptions,
  createHasher,
  type FieldCodecPack,
  type Lens,
  type LoadLensOptions,
  lensFromStored,
  type RawSample,
  type SampleType,
  type StoredLensRecord,
  schemaFromLocal,
} from "@atdata/core";
import type { RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { isJsonObject } from "../lexicon/problem.ts";
import type { CodeHash, LensRecord } from "../lexicon/types.ts";
import { lensFromRecord } from "../records/lens-record.ts";
import { schemaFromAtRecord } from "../records/schema-record.ts";
import { requireChecked } from "./checked-record.ts";
import { type AccountFinder, findAccount, parseRecordUri } from "./find-account.ts";
import { isInRange } from "./version-range.ts";

/** Settings of {@link readLens}. */
export interface ReadLensOptions extends CallOptions {
  /** Finds accounts and reads their repositories. */
  readonly atmosphere: AccountFinder;
  /** Codecs of field kinds that live in subpaths, for the types. */
  readonly codecs?: readonly FieldCodecPack[] | undefined;
  /** Functions that a lens of code may stand for, by `module:qualname`; nothing is ever fetched or imported. */
  readonly getters?: LoadLensOptions<RawSample, RawSample>["getters"];
  /** The same for the way back. */
  readonly putters?: LoadLensOptions<RawSample, RawSample>["putters"];
}

/** How the types of a lens go with the versions that it names. */
export interface LensVersions {
  /** Whether both are in the ranges that the lens gives; `undefined` where it gives none, or one that cannot be read. */
  readonly ok: boolean | undefined;
  /** What was compared, in a clause. */
  readonly what: string;
}

/** One version of a lens's record, signed by its account. */
export interface PublishedLens {
  /** Uri of the record, with the DID. */
  readonly uri: string;
  /** CID of the record: what verifications call its commit. */
  readonly commit: string;
  /** Handle of its account. */
  readonly handle: string | undefined;
  /** The lens in the form that indexes keep. */
  readonly stored: StoredLensRecord;
  /** Type that it looks at. */
  readonly source: SampleType<RawSample>;
  /** Type that it shows. */
  readonly view: SampleType<RawSample>;
  /** Hash of the stored form as the record has it; absent where the record only names code. */
  readonly codeHash?: CodeHash | undefined;
  /** How its types go with the versions that it names. */
  readonly versions: LensVersions;
  /**
   * Builds the lens.
   *
   * @throws AtdataError `UNSUPPORTED` – it is code, which is not given; what `lensFromStored` throws.
   */
  build(): Lens<RawSample, RawSample>;
}

/**
 * Reads a lens and the schemas of its types, whose records have to fit their CIDs and be signed by their accounts.
 *
 * @param uri - Of the lens's record.
 * @throws AtdataError `REF_INVALID`, `RECORD_TYPE`, `LENS_UNKNOWN`, `SCHEMA_NOT_FOUND`, `RECORD_MISMATCH`, `SIGNATURE_INVALID`,
 *   `RECORD_INVALID`; what finding accounts and asking their PDSes throws.
 */
export async function readLens(uri: string, options: ReadLensOptions): Promise<PublishedLens> {
  const { atmosphere, signal, getters, putters } = options;
  const place = parseRecordUri(uri, COLLECTIONS.lens);
  const account = await findAccount(atmosphere, place.authority, { signal });
  const missing = (): AtdataError => new AtdataError("LENS_UNKNOWN", "the account has no such lens", { lens: uri });
  const record = await requireChecked(account, place, missing, { signal });
  const stored = lensFromRecord(record);
  // Checked by its lexicon.
  const value = record.value as LensRecord;
  const source = await readType(value.sourceSchema, options);
  const view = await readType(value.targetSchema, options);
  const codeHash = hashOf(record);
  return {
    uri: record.uri,
    commit: record.cid,
    handle: account.identity.handle,
    stored,
    source: source.type,
    view: view.type,
    ...(codeHash !== undefined && { codeHash }),
    versions: compareVersions([
      [value.sourceSchemaVersion, source],
      [value.targetSchemaVersion, view],
    ]),
    build: () => lensFromStored(stored.json, { source: source.type, view: view.type, getters, putters }),
  };
}

interface StoredType {
  readonly type: SampleType<RawSample>;
  readonly name: string;
  readonly version: string;
}

async function readType(schema: string, { atmosphere, codecs, signal }: ReadLensOptions): Promise<StoredType> {
  const place = parseRecordUri(schema, COLLECTIONS.schema);
  const account = await findAccount(atmosphere, place.authority, { signal });
  const missing = (): AtdataError => new AtdataError("SCHEMA_NOT_FOUND", "no record has the type", { schema });
  const { name, version, json } = schemaFromAtRecord(await requireChecked(account, place, missing, { signal }));
  return { type: schemaFromLocal(json, { codecs }), name, version };
}

/** Hashes the text that is the lens; the reference to code stands outside of it. */
function hashOf({ value }: RepoRecord): CodeHash | undefined {
  const { metadata } = value;
  const ours = isJsonObject(metadata) ? metadata.atdata : undefined;
  const text = isJsonObject(ours) ? ours.stored : undefined;
  if (typeof text !== "string") return undefined;
  const hasher = createHasher();
  hasher.update(new TextEncoder().encode(text));
  return { algorithm: "sha256", digest: hasher.hex() };
}

function compareVersions(pairs: readonly (readonly [string | undefined, StoredType])[]): LensVersions {
  const compared = pairs.map(([range, { name, version }]) => {
    if (range === undefined) return { ok: undefined, what: `no version of ${name} is told` };
    const ok = isInRange(version, range);
    const verb = ok === undefined ? "cannot be compared with" : ok ? "is in" : "is not in";
    return { ok, what: `${name} ${version} ${verb} ${JSON.stringify(range)}` };
  });
  const oks = compared.map(({ ok }) => ok);
  return {
    ok: oks.includes(false) ? false : oks.includes(undefined) ? undefined : true,
    what: compared.map(({ what }) => what).join(", "),
  };
}

import { redactUrl } from "./refs/redact-url.ts";

/** Where a sample that cannot be decoded lies; there when it came out of a shard. */
export interface SamplePlace {
  /** The shard's url. */
  shard?: string;
  /** The sample's key. */
  key?: string;
  /** Byte at which its payload starts in the shard. */
  at?: number;
}

/**
 * The typed fields of every error code.
 *
 * Codes are API: added in a minor release, never renamed. The comment on a code says when it is raised.
 * Another package adds its own codes by declaration merging.
 */
export interface ErrorFields {
  /** A sample or payload does not fit its type. */
  SCHEMA_MISMATCH: SamplePlace & {
    type: string;
    missing: readonly string[];
    extra: readonly string[];
    mistyped: readonly { field: string; want: string; got: string }[];
  };
  /** A field, sample or lens definition, or a stored schema, is not usable. */
  SCHEMA_INVALID: { field?: string; kind?: string };
  /** An `int()` value lies beyond ±2^53, or an `int64()` value beyond −2^63 … 2^64−1. */
  INTEGER_TOO_LARGE: SamplePlace & { field?: string; value: string };
  /** Bytes are not well-formed msgpack, or lie beyond the size or depth limit. */
  MSGPACK_INVALID: SamplePlace & { offset?: number; field?: string };
  /** Bytes are not a well-formed array encoding (compact, `.npy`, and the formats of the subpaths). */
  NDARRAY_INVALID: SamplePlace & { field?: string; dtype?: string };
  /** Arrays that should be stacked, cast or reshaped together do not agree. */
  SHAPE_MISMATCH: { field?: string; want?: string; got?: string };
  /** Samples of one batch have arrays of different shape or dtype. */
  BATCH_SHAPE_MISMATCH: { field: string; want: string; got: string };
  /** The codec of a field kind is not loaded; `import` names what to install and import. */
  CODEC_MISSING: { kind: string; import: string; field?: string };
  /** No shard, file or object with that name. */
  NOT_FOUND: { url: string };
  /** The place may not be read or written. */
  ACCESS_DENIED: { url: string };
  /** A directory, glob or pattern matches no shard. */
  NO_SHARDS: { ref: string };
  /** The scheme of a url is not on the allow-list, or no source is given for it. */
  SCHEME_NOT_ALLOWED: { url: string; scheme: string };
  /** A reference, glob, brace pattern or shard name cannot be parsed. */
  REF_INVALID: { ref: string };
  /** A shard ends in the middle of a sample. */
  SHARD_TRUNCATED: { shard: string; offset: number; key?: string };
  /** A shard is not an archive of the expected format, or is damaged. */
  SHARD_CORRUPT: { shard: string; offset?: number; key?: string };
  /** A file of a sample of several cannot be decoded as its extension or its field says; `cause` says why. */
  MEMBER_INVALID: SamplePlace & { member: string; field?: string };
  /** Two members of one sample have the same name. */
  DUPLICATE_MEMBER: { shard: string; key: string; member: string; offset: number };
  /** Two samples that are written have the same key. */
  DUPLICATE_KEY: { key: string };
  /** A key is empty, too long, or contains a dot or a control character. */
  KEY_INVALID: { key: string };
  /** A shard has a compression that needs a `decompress` hook. */
  COMPRESSION_UNSUPPORTED: { shard: string; compression: string };
  /** The bytes read, of a shard or of the sample `key`, differ from the recorded sha256. */
  CHECKSUM_MISMATCH: { shard: string; key?: string; want: string; got: string };
  /** A file changed while it was read in pieces. */
  SOURCE_CHANGED: { url: string };
  /** An HTTP server answered with an error status. */
  HTTP_ERROR: { url: string; status: number };
  /** A connection failed after all retries. */
  NETWORK_ERROR: { url: string; attempts: number };
  /** Nothing came for longer than the time-out. */
  TIMEOUT: { url: string; timeoutMs: number };
  /** A file system or backend operation failed; `cause` has the original error. */
  IO_ERROR: { url: string };
  /** A source or store cannot do what was asked. */
  UNSUPPORTED: { operation: string };
  /** A dataset of that name exists already. */
  DATASET_EXISTS: { name: string };
  /** A dataset was given no sample to write. */
  DATASET_EMPTY: { name: string };
  /** One sample alone is larger than `maxShardBytes`, or than a file in the store may be. */
  SAMPLE_TOO_LARGE: { key: string; bytes: number; max: number };
  /** A file of ours (`dataset.json`, lens, predicate, state …) is not well formed. */
  FORMAT_INVALID: { format: string; url?: string };
  /** A file of ours has a newer major version than this library reads. */
  FORMAT_TOO_NEW: { format: string; found: string; supported: string };
  /** An operation needs the number of samples, which this dataset does not know. */
  COUNTS_UNKNOWN: { operation: string };
  /** A state does not belong to this dataset or pipeline. */
  STATE_MISMATCH: { want: string; got: string };
  /** Sample indices lie outside the dataset. */
  INDEX_OUT_OF_RANGE: { indices: readonly number[]; samples: number };
  /** More samples were skipped than `onError` allows. */
  TOO_MANY_ERRORS: { skipped: number };
  /** No lens or path of lenses leads from one type to the other. */
  LENS_NOT_FOUND: { from: string; to: string; reachable: readonly string[] };
  /** Several shortest paths of lenses lead from one type to the other. */
  LENS_AMBIGUOUS: { from: string; to: string; paths: readonly string[] };
  /** A lens has no `put`, or cannot be stored. */
  LENS_ONE_WAY: { lens: string };
  /** A predicate names an unknown field, compares it with a value of another kind, or is text that cannot be read. */
  PREDICATE_INVALID: { field?: string; operator?: string; column?: number };
  /** A manifest, its rows or a roll-up is damaged, or does not hold what it says. */
  MANIFEST_INVALID: { url: string };
  /** A manifest was made of a shard that has changed since, or of another one. */
  MANIFEST_STALE: { shard: string; url: string };
  /** An SQL engine refused a statement, or failed at it; the message starts with the engine's own. */
  SQL_FAILED: { engine: string };
  /** An index cannot be reached, or went away. */
  INDEX_UNAVAILABLE: { index: string };
  /** An index refused an operation, or failed at it; `cause` has the original error. */
  INDEX_FAILED: { index: string; operation: string };
  /** An index holds something that cannot be read, or is no index at all. */
  INDEX_CORRUPT: { index: string; key?: string };
  /** A reference names a repository that the index does not have. */
  REPO_UNKNOWN: { ref: string; repo: string };
  /** No dataset has that name, version or id. */
  DATASET_NOT_FOUND: { ref: string };
  /** No schema has that name and version. */
  SCHEMA_NOT_FOUND: { schema: string };
  /** Another schema is held under the same name and version; the hint shows the difference and the next version to use. */
  SCHEMA_CONFLICT: { schema: string; next: string };
  /** No lens is stored under that name and version. */
  LENS_UNKNOWN: { lens: string };
  /** Another lens is held under the same name and version. */
  LENS_CONFLICT: { lens: string };
  /** A label stands for another entry than was expected; `found` is absent where there is no label. */
  LABEL_CONFLICT: { label: string; want: string; found?: string };
  /** A cursor was not given by this search, or no longer holds. */
  CURSOR_INVALID: { cursor: string };
  /** A dataset has no such split. */
  SPLIT_UNKNOWN: { split: string; available: readonly string[] };
}

/** The code of an {@link AtdataError}. */
export type ErrorCode = keyof ErrorFields;

const brand = Symbol.for("atdata.error");

/** What an {@link AtdataError} may carry besides its code, message and fields. */
export interface ErrorExtras {
  /** What the reader can do about it; becomes the last clause of the message. */
  readonly hint?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * The one error that atdata throws for anything that is wrong with data, files, backends or definitions.
 *
 * Wrong arguments of a call are `TypeError` or `RangeError` instead. Test for it with {@link isAtdataError}, not with
 * `instanceof`: two installed copies of the package must still match.
 *
 * @example
 * ```ts
 * import { AtdataError } from "@atdata/core";
 * const e = new AtdataError("NOT_FOUND", "no such shard", { url: "a.tar" }, { hint: "check the path" });
 * e.message; // -> "no such shard; url=a.tar; try: check the path"
 * ```
 */
export class AtdataError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AtdataError";
  /** The stable code. */
  readonly code: C;
  /** What happened, without fields and hint: the start of the message. */
  readonly clause: string;
  /** The typed fields of {@link ErrorFields} for this code. */
  readonly fields: ErrorFields[C];
  /** What to do about it, when known. */
  readonly hint: string | undefined;

  /**
   * Builds the error; the message is `clause`, then `; key=value` for each plain field, then the hint.
   *
   * Urls in the fields `url`, `shard`, `ref` and `file` lose user, password and the values of their query, which may be signed.
   */
  constructor(code: C, clause: string, fields: ErrorFields[C], extras: ErrorExtras = {}) {
    const told = withoutSecrets(fields);
    super(formatMessage(clause, told, extras.hint), extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.clause = clause;
    this.fields = told;
    this.hint = extras.hint;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Tells whether a value is an {@link AtdataError}, of one of the given codes when any are given.
 *
 * @example
 * ```ts
 * import { AtdataError, isAtdataError } from "@atdata/core";
 * const e: unknown = new AtdataError("NOT_FOUND", "no such shard", { url: "a.tar" });
 * if (isAtdataError(e, "NOT_FOUND")) e.fields.url; // -> "a.tar"
 * ```
 */
export function isAtdataError<C extends ErrorCode = ErrorCode>(
  value: unknown,
  ...codes: readonly C[]
): value is AtdataError<C> {
  if (typeof value !== "object" || value === null || !(brand in value)) return false;
  return codes.length === 0 || codes.includes((value as object as AtdataError<C>).code);
}

/** Gives the same error with more fields, for code that knows more of the place than where it was thrown. */
export function withFields<C extends ErrorCode>(
  error: AtdataError<C>,
  fields: Partial<ErrorFields[C]>,
): AtdataError<C> {
  const { code, clause, hint, cause } = error;
  return new AtdataError(code, clause, { ...error.fields, ...fields }, { ...(hint !== undefined && { hint }), cause });
}

function withoutSecrets<F extends object>(fields: F): F {
  const places = Object.entries(fields).filter(([key]) => ["url", "shard", "ref", "file"].includes(key));
  const redacted = places.flatMap(([key, value]) => (typeof value === "string" ? [[key, redactUrl(value)]] : []));
  return { ...fields, ...Object.fromEntries(redacted) };
}

function formatMessage(clause: string, fields: object, hint: string | undefined): string {
  let message = clause;
  for (const [key, value] of Object.entries(fields)) {
    const text = fieldText(value);
    if (text !== undefined) message += `; ${key}=${text}`;
  }
  return hint === undefined ? message : `${message}; try: ${hint}`;
}

function fieldText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return value
      .map((item) => (isMistyped(item) ? `${item.field} (want ${item.want}, got ${item.got})` : String(item)))
      .join(", ");
  }
  return String(value);
}

function isMistyped(item: unknown): item is { field: string; want: string; got: string } {
  return typeof item === "object" && item !== null && "want" in item && "got" in item && "field" in item;
}

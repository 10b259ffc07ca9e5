import type { StoredLensRecord } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import type { ToRecordOptions } from "./schema-record.ts";

/** Where a function is, as records say. Nothing is ever loaded from there. */
export interface CodeReference {
  /** Url of the repository. */
  readonly repository: string;
  /** The commit, at most 40 bytes. */
  readonly commit: string;
  /** Path in it; Python writes `module:function`. */
  readonly path: string;
  /** The branch. */
  readonly branch?: string | undefined;
  /** The language, such as `python`. */
  readonly language?: string | undefined;
}

/** Where the functions of a lens are. A stored lens has it under the key `atdata_code`. */
export interface LensCode {
  /** The function that makes the view. */
  readonly getter: CodeReference;
  /** The function that writes it back. */
  readonly putter: CodeReference;
}

/**
 * Writes a stored lens as a record, with its stored form as text inside, as records hold no floats.
 *
 * Its JSON has the uris of its types' schemas under `atdata_source` and `atdata_view`, and may have {@link LensCode} under
 * `atdata_code`.
 *
 * @throws AtdataError `RECORD_INVALID` – its JSON is no object, or its types are not named by `at://` uris.
 */
export function lensToRecord(lens: StoredLensRecord, options: ToRecordOptions): JsonRecord {
  throw new Error(`not there yet: ${lens.name} ${options.createdAt}`);
}

/**
 * Reads a stored lens from its record, ours or Python's; one of Python's refers to code, and is of version `1.0.0`.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field; `FORMAT_TOO_NEW`.
 */
export function lensFromRecord(record: RepoRecord): StoredLensRecord {
  throw new Error(`not there yet: ${record.uri}`);
}

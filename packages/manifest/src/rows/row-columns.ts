/** Names of the columns of rows that are no fields, which no field may have: keys are text, offsets and sizes int64, hashes 32 bytes. */
export const KEY: "__key__" = "__key__";
/** Where a sample's payload starts in the shard. */
export const OFFSET: "__offset__" = "__offset__";
/** Length of its payload. */
export const SIZE: "__size__" = "__size__";
/** SHA-256 of its payload: binary, 32 bytes. */
export const SHA256: "__sha256__" = "__sha256__";
/** Key under which a file's Parquet metadata say as JSON which shard its rows are of: a {@link RowsOf}. */
export const SHARD_NOTE: string = "atdata.shard";

/** The shard that rows are of, as far as it is known. */
export interface RowsOf {
  /** Its length. */
  readonly bytes?: number | undefined;
  /** Its SHA-256, lower-case hex. */
  readonly sha256?: string | undefined;
}

/** Tells what is wrong with the note of a file of rows, when it should be that of a shard. What is not known on either side is right. */
export function noteProblem(note: string, { bytes, sha256 }: RowsOf): string | undefined {
  let of: RowsOf | null;
  try {
    of = JSON.parse(note) as RowsOf | null;
  } catch {
    return "manifest does not say which shard its rows are of";
  }
  const differs = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && a !== b;
  const other = differs(of?.bytes, bytes) || differs(of?.sha256, sha256);
  return other ? "manifest has rows of another shard" : undefined;
}

import { AtdataError } from "@atdata/core";

/** Where a value lies that cannot be read. */
export interface Place {
  /** The index, as in messages: `"redis"`. */
  readonly index: string;
  /** The key of it, or table and primary key. */
  readonly key: string;
}

/** Builds the error for what another program left in a form that cannot be read. */
export function corrupt({ index, key }: Place, clause: string, cause?: unknown): AtdataError<"INDEX_CORRUPT"> {
  return new AtdataError("INDEX_CORRUPT", clause, { index, key }, { cause });
}

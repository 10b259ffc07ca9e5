import { AtdataError } from "@atdata/core";

/** A place between two events of a service. */
export interface WatchPlace {
  /** Number of the commit. */
  readonly seq: number;
  /** How many of its operations are behind this place; 0 when all are. */
  readonly done: number;
}

/** Writes a place as text: `<seq>`, or `<seq>+<operations>` within a commit. */
export function writeCursor({ seq, done }: WatchPlace): string {
  return done === 0 ? `${seq}` : `${seq}+${done}`;
}

/**
 * Reads what {@link writeCursor} wrote; the number that relays call a cursor is one too.
 *
 * @throws AtdataError `CURSOR_INVALID`.
 */
export function readCursor(cursor: string): WatchPlace {
  const [, seq, done = "0"] = /^(\d{1,15})(?:\+([1-9]\d{0,8}))?$/.exec(cursor) ?? [];
  if (seq !== undefined) return { seq: Number(seq), done: Number(done) };
  const hint = "give that of an event, or none";
  throw new AtdataError("CURSOR_INVALID", "not a cursor of events", { cursor: cursor.slice(0, 200) }, { hint });
}

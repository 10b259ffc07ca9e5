import { AtdataError, isAtdataError } from "@atdata/core";
import { isValidRecordKey } from "@atproto/syntax";
import type { JsonRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import { type Blocks, readCar } from "../trust/car.ts";
import type { CommitFrame, RepoOp } from "./firehose-frame.ts";
import { lexToJson } from "./lex-json.ts";
import { writeCursor } from "./watch-cursor.ts";
import { WATCHED, type WatchEvent, type WatchKind } from "./watch-event.ts";

/** How the events of commits are made. */
export interface EventOptions {
  /** What is watched. */
  readonly kinds: readonly WatchKind[];
  /** Origin of the service, for messages. */
  readonly service: string;
}

/** Tells what an operation is about; `undefined` for what is not watched. */
export function kindOf({ path }: RepoOp, kinds: readonly WatchKind[]): WatchKind | undefined {
  return kinds.find((kind) => path.startsWith(`${WATCHED[kind]}/`));
}

/**
 * Makes the events of a commit, in its order; in the place of one that cannot be made, the error that says why.
 *
 * @param done - Operations of the commit that are passed over.
 */
export function* eventsOf(
  commit: CommitFrame,
  done: number,
  { kinds, service }: EventOptions,
): Generator<WatchEvent | AtdataError, void, undefined> {
  const { seq, did, time, ops } = commit;
  let blocks: Blocks | undefined;
  for (const [i, op] of ops.entries()) {
    const kind = kindOf(op, kinds);
    if (i < done || kind === undefined) continue;
    const { action, path, cid } = op;
    const uri = `at://${did}/${path}`;
    const cursor = writeCursor({ seq, done: i + 1 === ops.length ? 0 : i + 1 });
    const place = { kind, uri, did, seq, time, cursor };
    try {
      if (!isValidRecordKey(path.slice(WATCHED[kind].length + 1))) throw new TypeError("it names no record");
      if (action === "delete") yield { ...place, action };
      else if (action === "create" || action === "update") {
        if (cid === undefined) throw new TypeError("it lacks the CID of a record");
        blocks ??= readCar(commit.blocks);
        const record = lexToJson(blocks.get(cid)) as JsonRecord;
        checkRecord(WATCHED[kind], record, uri);
        yield { ...place, action, cid: cid.toString(), record };
      }
    } catch (error) {
      yield isAtdataError(error) ? error : invalidCommit(error, { service, seq, uri });
    }
  }
}

function invalidCommit(cause: unknown, fields: { service: string; seq: number; uri: string }): AtdataError {
  const problem = cause instanceof TypeError ? cause.message : "it cannot be read";
  return new AtdataError("FRAME_INVALID", `a commit does not show its record: ${problem}`, fields, { cause });
}

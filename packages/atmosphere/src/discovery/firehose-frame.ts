import { AtdataError } from "@atdata/core";
import { decodeAll } from "@atproto/lex-cbor";
import { type Cid, ifCid, type LexValue } from "@atproto/lex-data";
import { isValidDid } from "@atproto/syntax";

/** The protocol's limit is 5 MB. */
const MAX_BYTES = 8 << 20;

/** One record of a commit that came, changed or went. */
export interface RepoOp {
  readonly action: string;
  /** `<collection>/<rkey>`. */
  readonly path: string;
  /** CID of the record; absent when it went. */
  readonly cid: Cid | undefined;
}

/** What a repository's commit did. */
export interface CommitFrame {
  readonly type: "commit";
  readonly seq: number;
  readonly did: string;
  readonly time: string;
  readonly ops: readonly RepoOp[];
  /** The records, as a CAR. */
  readonly blocks: Uint8Array;
  /** Whether it was too large for the service to say what it did. */
  readonly tooBig: boolean;
}

/** What a service sends in one message. */
export type Frame =
  | CommitFrame
  /** The repository is another one now, and nobody says in what. */
  | { readonly type: "sync"; readonly seq: number; readonly did: string }
  /** About accounts, or of a later version of the protocol. */
  | { readonly type: "other"; readonly seq: number | undefined }
  | { readonly type: "info"; readonly name: string }
  | { readonly type: "error"; readonly error: string };

/**
 * Reads a message of `com.atproto.sync.subscribeRepos`: a header and a body, both DAG-CBOR.
 *
 * @param data - What the socket gave.
 * @param service - Its origin, for messages.
 * @throws AtdataError `FRAME_INVALID`.
 */
export function readFrame(data: unknown, service: string): Frame {
  const invalid = (problem: string, cause?: unknown): AtdataError => {
    return new AtdataError("FRAME_INVALID", `a message of the service ${problem}`, { service }, { cause });
  };
  if (!(data instanceof ArrayBuffer)) throw invalid("is not binary");
  if (data.byteLength > MAX_BYTES) throw invalid("is too large");
  let values: LexValue[];
  try {
    values = [...decodeAll(new Uint8Array(data))];
  } catch (cause) {
    throw invalid("is damaged", cause);
  }
  const [header, body] = values.map(membersOf);
  if (header === undefined || body === undefined || values.length !== 2) throw invalid("is not of two parts");
  if (header.op === -1) return { type: "error", error: typeof body.error === "string" ? body.error : "" };
  if (header.t === "#info") return { type: "info", name: typeof body.name === "string" ? body.name : "" };
  const { seq } = body;
  if (header.t === "#commit") return readCommit(body, invalid);
  if (header.t === "#sync" && isSeq(seq) && isDid(body.did)) return { type: "sync", seq, did: body.did };
  return { type: "other", seq: isSeq(seq) ? seq : undefined };
}

type Members = Readonly<Record<string, LexValue | undefined>>;

function readCommit(body: Members, invalid: (problem: string) => AtdataError): CommitFrame {
  const { seq, repo, time, ops, blocks, tooBig } = body;
  if (!isSeq(seq) || !isDid(repo) || typeof time !== "string" || Number.isNaN(Date.parse(time))) {
    throw invalid("does not say whose commit it is, and when");
  }
  if (!Array.isArray(ops) || !(blocks instanceof Uint8Array)) throw invalid("lacks what a commit did");
  const readOp = (value: LexValue): RepoOp => {
    const { action, path, cid } = membersOf(value) ?? {};
    if (typeof action !== "string" || typeof path !== "string") throw invalid("lacks what a commit did");
    return { action, path, cid: ifCid(cid) ?? undefined };
  };
  return { type: "commit", seq, did: repo, time, ops: ops.map(readOp), blocks, tooBig: tooBig === true };
}

/** Gives the members of a map, without what a key `__proto__` would lend it. */
function membersOf(value: LexValue): Members | undefined {
  const isMap = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isMap ? (value as Members) : undefined;
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isDid(value: unknown): value is string {
  return typeof value === "string" && isValidDid(value);
}

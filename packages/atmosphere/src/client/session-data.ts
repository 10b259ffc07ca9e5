import { AtdataError } from "@atdata/core";
import { isValidDid } from "@atproto/syntax";

/** A session as plain JSON; whoever has it can write, so keep it where only its owner can read. */
export interface SessionData {
  /** DID of the account. */
  readonly did: string;
  /** Its handle when it logged in. */
  readonly handle: string;
  /** Origin of its PDS, or of the service that answers for it. */
  readonly pds: string;
  /** The token that requests carry. */
  readonly accessJwt: string;
  /** The token that gets new tokens. */
  readonly refreshJwt: string;
}

/**
 * Checks what was kept of a session: {@link SessionData}, or the session string of Python's client.
 *
 * The short form of that string, without a PDS, is refused: a longer one that was cut looks the same.
 *
 * @throws AtdataError `FORMAT_INVALID`, without anything of the content.
 */
export function readSessionData(given: unknown): SessionData {
  const found = typeof given === "string" ? fromText(given) : given;
  if (typeof found !== "object" || found === null) throw invalid("a session is an object or a session string");
  const { did, handle, pds, accessJwt, refreshJwt } = found as Partial<Record<keyof SessionData, unknown>>;
  if (typeof did !== "string" || !isValidDid(did)) throw invalid("a session has no DID");
  if (typeof handle !== "string") throw invalid("a session has no handle");
  for (const token of [accessJwt, refreshJwt]) {
    // A header takes no others.
    if (typeof token !== "string" || !/^[!-~]+$/.test(token)) throw invalid("a session lacks a token");
  }
  const origin = typeof pds === "string" ? serviceOrigin(pds) : undefined;
  if (origin === undefined) throw invalid("the PDS of a session is no http url");
  return { did, handle, pds: origin, accessJwt: String(accessJwt), refreshJwt: String(refreshJwt) };
}

/** Gives the origin of an http or https url without user and password; `undefined` for anything else. */
export function serviceOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { username, password, protocol, origin } = new URL(text);
  return username === "" && password === "" && /^https?:$/.test(protocol) ? origin : undefined;
}

function fromText(text: string): unknown {
  const parts = text.trim().split(":::");
  if (parts.length !== 5) throw invalid("a session string has not five parts");
  const [handle, did, accessJwt, refreshJwt, pds] = parts;
  return { handle, did, accessJwt, refreshJwt, pds };
}

function invalid(clause: string): AtdataError {
  return new AtdataError("FORMAT_INVALID", clause, { format: "session" }, { hint: "log in again" });
}

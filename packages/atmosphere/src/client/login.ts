import type { AtmosphereSession } from "../session.ts";

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

/** An account that logged in with a password. */
export interface PasswordSession extends AtmosphereSession {
  readonly did: string;
  /** Its handle when it logged in. */
  readonly handle: string;
  /** Origin of its PDS, or of the service that answers for it. */
  readonly pds: string;
  /** Gives what {@link resumeSession} takes: tokens in plain text; `undefined` when the session has ended. */
  data(): SessionData | undefined;
  /** Ends the session at the service, as far as that can be reached, and here. */
  logout(): Promise<void>;
}

/** Options of sessions. */
export interface SessionOptions {
  /** Sends requests; default the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Is told of new tokens, to keep them, and `undefined` when the session has ended; requests wait for it. */
  readonly onChange?: ((data: SessionData | undefined) => void | Promise<void>) | undefined;
}

/** What {@link login} takes. */
export interface LoginOptions extends SessionOptions {
  /** Handle, DID or e-mail address. */
  readonly identifier: string;
  /** An app password. */
  readonly password: string;
  /** Origin of the account's PDS; default `https://bsky.social`. */
  readonly service?: string | undefined;
  /** Ends the login with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Logs in with an app password.
 *
 * @throws AtdataError `AUTH_FAILED`, `PDS_FAILED`; none has the password or a token in it.
 */
export async function login(options: LoginOptions): Promise<PasswordSession> {
  throw new TypeError(`to be written: ${options.identifier}`);
}

/**
 * Goes on with a session that was kept; asks nobody, so that an ended one shows with the first request.
 *
 * @param data - What `data()` gave, or the session string of Python, `handle:::did:::access:::refresh:::pds`.
 * @throws AtdataError `FORMAT_INVALID`.
 */
export function resumeSession(data: SessionData | string, options: SessionOptions = {}): PasswordSession {
  throw new TypeError(`to be written: ${typeof data} ${typeof options}`);
}

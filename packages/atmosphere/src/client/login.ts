import { AtdataError, isAtdataError } from "@atdata/core";
import { XRPCError } from "@atproto/api";
import type { PasswordSession, SessionOptions } from "./password-session.ts";
import { readSessionData, type SessionData, serviceOrigin } from "./session-data.ts";
import { SessionKeeper } from "./session-keeper.ts";
import { tokenFreeError } from "./token-free.ts";

const DEFAULT_SERVICE = "https://bsky.social";
const OPERATION = "com.atproto.server.createSession";

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
 * @throws TypeError when the service is no http or https url.
 */
export async function login(options: LoginOptions): Promise<PasswordSession> {
  const { identifier, password, signal } = options;
  const service = serviceOrigin(options.service ?? DEFAULT_SERVICE);
  if (service === undefined) throw new TypeError("the service to log in at is no http url");
  const keeper = new SessionKeeper(service, options, [password]);
  try {
    await keeper.during(signal, (credentials) => credentials.login({ identifier, password }));
  } catch (error) {
    signal?.throwIfAborted();
    if (isAtdataError(error)) throw error;
    throw loginError(error, identifier, service, password);
  }
  return keeper.session();
}

/**
 * Goes on with a session that was kept; asks nobody, so that an ended one shows with the first request.
 *
 * @param data - What `data()` gave, or the session string of Python, `handle:::did:::access:::refresh:::pds`.
 * @throws AtdataError `FORMAT_INVALID`.
 */
export function resumeSession(data: SessionData | string, options: SessionOptions = {}): PasswordSession {
  const kept = readSessionData(data);
  const keeper = new SessionKeeper(kept.pds, options, []);
  keeper.resume(kept);
  return keeper.session();
}

function loginError(error: unknown, account: string, pds: string, password: string): AtdataError {
  const known = error instanceof XRPCError ? error : undefined;
  // Numbers below 100 are what the library uses where nothing was answered.
  const status = known !== undefined && known.status >= 100 ? known.status : undefined;
  const cause = tokenFreeError(error, [password]);
  if (status === 401) {
    const hint =
      known?.error === "AuthFactorTokenRequired" ? "use an app password" : "check the handle and the app password";
    return new AtdataError("AUTH_FAILED", "the login was refused", { account }, { hint, cause });
  }
  const named = known?.error !== undefined && /^\w{1,64}$/.test(known.error) ? { error: known.error } : {};
  const fields = { pds, operation: OPERATION, ...(status !== undefined && { status, ...named }) };
  let clause = status === undefined ? "the service to log in at cannot be reached" : "the login failed";
  if (known?.error === "Invalid Response") clause = "the service to log in at answered strangely";
  return new AtdataError("PDS_FAILED", clause, fields, { cause });
}

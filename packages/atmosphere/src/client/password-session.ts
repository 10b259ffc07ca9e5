import type { AtmosphereSession } from "../session.ts";
import type { SessionData } from "./session-data.ts";

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

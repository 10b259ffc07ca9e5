import { AtdataError, isAtdataError } from "@atdata/core";
import { CredentialSession } from "@atproto/api";
import type { PasswordSession, SessionOptions } from "./password-session.ts";
import { retryingFetch } from "./retrying-fetch.ts";
import { scrubbingFetch } from "./scrubbing-fetch.ts";
import type { SessionData } from "./session-data.ts";
import { tokenFreeError } from "./token-free.ts";

/** Keeps the credentials of a session, renews them, and lets out nothing of them but what is asked for. */
export class SessionKeeper {
  readonly #credentials: CredentialSession;
  readonly #onChange: SessionOptions["onChange"];
  /** What no error may show: the password, and all tokens there were. */
  readonly #secrets = new Set<string>();
  #signal: AbortSignal | undefined;
  #telling: Promise<void> = Promise.resolve();
  /** How often new tokens could not be got although the old ones may do. */
  #unrenewed = 0;

  /** Begins without an account. */
  constructor(service: string, options: SessionOptions, secrets: readonly string[]) {
    const { fetch: send = (input, init) => fetch(input, init), onChange } = options;
    this.#onChange = onChange;
    for (const secret of secrets) this.#secrets.add(secret);
    const scrubbing = scrubbingFetch(send, () => [...this.#secrets]);
    const retrying = retryingFetch(scrubbing);
    this.#credentials = new CredentialSession(
      new URL(service),
      async (input, init) => {
        const url = input instanceof Request ? input.url : String(input);
        // What is about the session itself is tried again here; the rest by who asks.
        if (new URL(url).pathname.startsWith("/xrpc/com.atproto.server.")) {
          return retrying(input, { ...init, ...(this.#signal !== undefined && { signal: this.#signal }) });
        }
        // New tokens are kept before they are used: a failure to keep them does not come after something was written.
        await this.#telling;
        return scrubbing(input, init);
      },
      (event) => this.#changed(event),
    );
  }

  /** Lets a signal hold for what is done with the credentials meanwhile. */
  async during(
    signal: AbortSignal | undefined,
    run: (credentials: CredentialSession) => Promise<unknown>,
  ): Promise<void> {
    signal?.throwIfAborted();
    this.#signal = signal;
    try {
      await run(this.#credentials);
      await this.#telling;
    } finally {
      this.#signal = undefined;
    }
  }

  /** Takes tokens that were kept. */
  resume({ did, handle, accessJwt, refreshJwt }: SessionData): void {
    this.#credentials.session = { did, handle, accessJwt, refreshJwt, active: true };
    this.#secrets.add(accessJwt).add(refreshJwt);
  }

  /** Gives the session of the account that is there. */
  session(): PasswordSession {
    const { did = "", handle = "" } = this.#credentials.session ?? {};
    const credentials = this.#credentials;
    return {
      did,
      handle,
      get pds() {
        return credentials.dispatchUrl.origin;
      },
      data: () => this.#data(),
      fetchHandler: (pathname, init) => this.#send(pathname, init),
      logout: async () => {
        await credentials.logout();
        await this.#telling;
      },
    };
  }

  async #send(pathname: string, init: RequestInit): Promise<Response> {
    // Any other place would be given the token.
    if (!pathname.startsWith("/xrpc/")) throw new TypeError("a session sends to /xrpc/… of its PDS only");
    const unrenewed = this.#unrenewed;
    const response = await this.#credentials.fetchHandler(pathname, init);
    if (this.#unrenewed === unrenewed || response.ok) return response;
    await response.body?.cancel();
    throw new Error("new tokens could not be got");
  }

  #data(): SessionData | undefined {
    const { session, dispatchUrl } = this.#credentials;
    if (session === undefined) return undefined;
    const { did, handle, accessJwt, refreshJwt } = session;
    return { did, handle, pds: dispatchUrl.origin, accessJwt, refreshJwt };
  }

  #changed(event: string): void {
    if (event === "network-error") this.#unrenewed++;
    if (event !== "create" && event !== "update" && event !== "expired") return;
    const data = this.#data();
    if (data !== undefined) this.#secrets.add(data.accessJwt).add(data.refreshJwt);
    const tell = async (): Promise<void> => {
      try {
        await this.#onChange?.(data);
      } catch (error) {
        if (isAtdataError(error)) throw error;
        const cause = tokenFreeError(error, [...this.#secrets]);
        const url = this.#credentials.dispatchUrl.origin;
        throw new AtdataError("IO_ERROR", "the tokens of a session could not be kept", { url }, { cause });
      }
    };
    this.#telling = this.#telling.catch(() => {}).then(tell);
    // Whoever waits for it is told.
    this.#telling.catch(() => {});
  }
}

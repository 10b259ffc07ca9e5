/**
 * Who writes: any object that knows its DID and sends requests to that account's PDS with its credentials.
 *
 * What `@atproto/api` and the OAuth clients call an agent or session fits as it is; {@link login} makes one of a password.
 */
export interface AtmosphereSession {
  /** DID of the account; absent before a login. */
  readonly did?: string | undefined;
  /** Sends a request, `pathname` being `/xrpc/…`, with credentials. */
  fetchHandler(pathname: string, init: RequestInit): Promise<Response>;
}

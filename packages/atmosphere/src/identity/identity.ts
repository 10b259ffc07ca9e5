import type { CallOptions } from "@atdata/core";

/** Turns handles into DIDs in one way; several are tried in order. */
export interface HandleResolver {
  /** Short name for messages, such as `"dns"`. */
  readonly name: string;
  /** Gives the DID that a handle, lower-case, stands for; `undefined` when this way knows none. */
  resolve(handle: string, options?: CallOptions): Promise<string | undefined>;
}

/** An account, as its DID document describes it. */
export interface Identity {
  /** Its DID. */
  readonly did: string;
  /** Its handle, when it resolves to this DID and the DID document names it back. */
  readonly handle?: string | undefined;
  /** Origin of its PDS, such as `https://pds.example`. */
  readonly pds: string;
  /** The key that its repository is signed with, as `did:key:…`. */
  readonly signingKey?: string | undefined;
}

/** Finds accounts. */
export interface IdentityResolver {
  /**
   * Finds the account of a handle or DID; remembers it for a while, unless it is to be `fresh`.
   *
   * @throws AtdataError `HANDLE_NOT_FOUND`, `HANDLE_MISMATCH`, `DID_NOT_FOUND`, `DID_INVALID`; `HTTP_ERROR`, `NETWORK_ERROR`
   * and `TIMEOUT` when who knows the DID's document cannot tell.
   */
  resolve(authority: string, options?: CallOptions & { readonly fresh?: boolean | undefined }): Promise<Identity>;
}

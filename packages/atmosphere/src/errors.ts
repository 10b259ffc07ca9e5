declare module "@atdata/core" {
  interface ErrorFields {
    /** No way that was tried leads from a handle to a DID. */
    HANDLE_NOT_FOUND: { handle: string };
    /** The DID document of the account that a handle leads to does not name it back. */
    HANDLE_MISMATCH: { handle: string; did: string };
    /** A DID has no document. */
    DID_NOT_FOUND: { did: string };
    /** A DID, or its document, cannot be used. */
    DID_INVALID: { did: string };
    /** Handle or password were refused. */
    AUTH_FAILED: { account: string };
    /** A session has ended; log in again. */
    AUTH_EXPIRED: { account: string };
    /** Writing needs an account that is logged in. */
    AUTH_REQUIRED: { operation: string };
    /** A PDS answered with an error, whose name is `error`; `status` is absent where it did not answer. */
    PDS_FAILED: { pds: string; operation: string; status?: number; error?: string };
    /** A record does not fit its lexicon; `field` is a path such as `storage.blobs[0].checksum`. */
    RECORD_INVALID: { collection: string; field?: string; uri?: string };
    /** A record is of another type than is needed here. */
    RECORD_TYPE: { uri: string; want: string; got: string };
    /** A record does not have the CID that was told. */
    RECORD_MISMATCH: { uri: string; want: string; got: string };
    /** A repository's proof of a record does not hold. */
    SIGNATURE_INVALID: { uri: string };
    /** A blob's bytes do not have its CID. */
    BLOB_MISMATCH: { url: string; want: string; got: string };
    /** A file is larger than the PDS takes. */
    BLOB_TOO_LARGE: { name: string; bytes: number; max: number };
    /** A record of somebody else names a url that is not opened for it. */
    URL_REFUSED: { url: string; uri?: string };
    /** A url that others cannot open, or only with credentials, is not published. */
    URL_PRIVATE: { url: string };
    /** A message of a service that is watched, or a record in it, is damaged. */
    FRAME_INVALID: { service: string; seq?: number; uri?: string };
    /** A service that is watched does not tell all that happened. */
    EVENTS_MISSED: { service: string; did?: string };
    /** An AppView cannot be reached, or answered with an error. */
    APPVIEW_FAILED: { appView: string; operation: string; status?: number };
    /** A lens does not pass a verification, or one does not hold for it; `verification` is its method, or the uri of its record. */
    LENS_UNVERIFIED: { lens: string; verification: string };
  }
}

export {};

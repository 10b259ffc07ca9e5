/** One blob that was uploaded. */
export interface UploadedBlob {
  /** Its CID. */
  readonly cid: string;
  /** Its length in bytes. */
  readonly size: number;
  /** The type that the PDS gave it, which it may have guessed from its bytes: records must repeat it. */
  readonly mimeType: string;
  /** When, in milliseconds since 1970. A PDS drops a blob that no record refers to after some time. */
  readonly time: number;
}

/** Remembers what was uploaded, so that a run that was stopped goes on instead of beginning again. */
export interface UploadJournal {
  /** Finds an upload of this account. */
  find(did: string, cid: string): Promise<UploadedBlob | undefined>;
  /** Notes an upload that the PDS has answered. */
  add(did: string, blob: UploadedBlob): Promise<void>;
  /** Forgets one that turned out not to be there. */
  remove(did: string, cid: string): Promise<void>;
}

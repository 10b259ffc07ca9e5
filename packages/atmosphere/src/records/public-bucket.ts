/** Where a bucket is that everybody can read. */
export interface PublicBucket {
  /** Its server, where that is not AWS. */
  readonly endpoint?: string | undefined;
  /** Its region. */
  readonly region?: string | undefined;
}

/** What tells one state of a file from another. */
export interface Version {
  /** The `ETag`. */
  readonly etag: string | undefined;
  /** The `Last-Modified` date. */
  readonly modified: string | undefined;
  /** Length of the file. */
  readonly total: number | undefined;
}

/** Takes from an answer what tells the state of the file. */
export function versionOf(response: Response, total: number | undefined): Version {
  return {
    etag: response.headers.get("etag") ?? undefined,
    modified: response.headers.get("last-modified") ?? undefined,
    total,
  };
}

/** Tells whether two answers may be about one state of the file. */
export function isSame(before: Version, now: Version): boolean {
  if (before.total !== undefined && now.total !== undefined && before.total !== now.total) return false;
  if (before.etag !== undefined && now.etag !== undefined) return strip(before.etag) === strip(now.etag);
  return before.modified === undefined || now.modified === undefined || before.modified === now.modified;
}

function strip(etag: string): string {
  return etag.replace(/^W\//, "");
}

/** Reads `Content-Length`. */
export function parseLength(header: string | null): number | undefined {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/** Reads `Content-Range`: `bytes 0-9/100`, or with a star for what is unknown or unsatisfied. */
export function parseContentRange(
  response: Response,
): { start: number | undefined; end: number | undefined; total: number | undefined } | undefined {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(?:(\d{1,15})|\*)$/.exec(
    response.headers.get("content-range") ?? "",
  );
  if (!match) return undefined;
  const [start, end, total] = match.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  return { start, end, total };
}

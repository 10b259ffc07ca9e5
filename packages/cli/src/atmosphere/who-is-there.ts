import type { AtmosphereSession } from "@atdata/atmosphere";
import { AtdataError, type CallOptions } from "@atdata/core";

/**
 * Asks the PDS whether a session still holds.
 *
 * @throws AtdataError `AUTH_EXPIRED`, `PDS_FAILED`.
 */
export async function checkSession(
  session: AtmosphereSession,
  account: { readonly handle: string; readonly pds: string },
  { signal }: CallOptions,
): Promise<void> {
  const operation = "com.atproto.server.getSession";
  const place = { pds: account.pds, operation };
  const asked = { method: "GET", ...(signal !== undefined && { signal }) };
  const answer = await session.fetchHandler(`/xrpc/${operation}`, asked).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw cause instanceof AtdataError ? cause : new AtdataError("PDS_FAILED", "the PDS did not answer", place);
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  const { status } = answer;
  if (status >= 500 || status === 429) {
    throw new AtdataError("PDS_FAILED", "the PDS answered with an error", { ...place, status });
  }
  const fields = { account: account.handle };
  throw new AtdataError("AUTH_EXPIRED", "the session has ended", fields, { hint: "atdata login" });
}

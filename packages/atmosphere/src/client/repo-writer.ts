import { AtdataError, abortable, redactUrl } from "@atdata/core";
import { blobCid } from "../blobs/cid.ts";
import type { Identity } from "../identity/identity.ts";
import type { AtmosphereSession } from "../session.ts";
import type { BlobRef, RepoWriter } from "./repo-client.ts";
import { openReader, type RepoReaderOptions } from "./repo-reader.ts";
import { strange } from "./repo-records.ts";
import { PATIENCE } from "./retry.ts";
import { transaction } from "./transaction.ts";
import { TransactionQueue } from "./transaction-queue.ts";
import { xrpc } from "./xrpc.ts";
import { isJsonObject } from "./xrpc-answer.ts";

const UPLOAD = "com.atproto.repo.uploadBlob";
/** What a PDS takes that does not tell. */
const DEFAULT_BLOB_BYTES = 5 << 20;

/**
 * Writes the repository of the account of a session; reads it as {@link repoReader} does.
 *
 * @throws TypeError when the session is of another account.
 */
export function repoWriter(
  session: AtmosphereSession,
  identity: Identity,
  options: RepoReaderOptions = {},
): RepoWriter {
  const { did, pds } = identity;
  if (session.did !== did) throw new TypeError(`the session is not of ${did}`);
  const { patience = PATIENCE } = options;
  const { reader, xrpc: anonymous, collections } = openReader(identity, options);
  const caller = xrpc({
    pds,
    send: (pathname, init) => session.fetchHandler(pathname, init),
    account: identity.handle ?? did,
    patience,
  });
  const queue = new TransactionQueue({ xrpc: caller, collections, pds, did, timing: patience.timing });
  let maxBytes: number | undefined;

  return {
    ...reader,
    async transact(plan, { signal } = {}) {
      signal?.throwIfAborted();
      const { transaction: added, result } = transaction(plan, signal);
      queue.add(added);
      return abortable(result, signal);
    },
    async uploadBlob(bytes, mimeType, callOptions) {
      const { blob } = await caller.upload(UPLOAD, bytes, mimeType, callOptions);
      const ref = readBlobRef(blob);
      if (ref === undefined) throw strange("it does not tell of the blob", { pds: redactUrl(pds), operation: UPLOAD });
      const want = blobCid(bytes);
      const got = ref.ref.$link;
      if (got === want && ref.size === bytes.length) return ref;
      const fields = { url: `at://${did}/blob/${want}`, want, got };
      throw new AtdataError("BLOB_MISMATCH", "the PDS took something else than was sent", fields);
    },
    async maxBlobBytes(callOptions) {
      if (maxBytes !== undefined) return maxBytes;
      const told = (await anonymous.query("com.atproto.server.describeServer", {}, callOptions)).blobUploadLimit;
      maxBytes = typeof told === "number" && Number.isSafeInteger(told) && told > 0 ? told : DEFAULT_BLOB_BYTES;
      return maxBytes;
    },
  };
}

function readBlobRef(blob: unknown): BlobRef | undefined {
  if (!isJsonObject(blob) || blob.$type !== "blob" || !isJsonObject(blob.ref)) return undefined;
  const { mimeType, size } = blob;
  const { $link } = blob.ref;
  if (typeof $link !== "string" || typeof mimeType !== "string" || typeof size !== "number") return undefined;
  return { $type: "blob", ref: { $link }, mimeType, size };
}

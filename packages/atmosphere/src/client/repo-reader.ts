import { AtdataError, isAtdataError, redactUrl } from "@atdata/core";
import type { Identity } from "../identity/identity.ts";
import { Collections } from "./collections.ts";
import { prepareWrite } from "./prepared-write.ts";
import type { RepoReader, RepoRecord } from "./repo-client.ts";
import { readRecord, strange } from "./repo-records.ts";
import { backoffMs, PATIENCE, type Patience } from "./retry.ts";
import { type Xrpc, xrpc } from "./xrpc.ts";

const GET = "com.atproto.repo.getRecord";
/** So often a listing is begun anew because the repository changed meanwhile. */
const LISTINGS = 10;

/** Options of {@link repoReader}. */
export interface RepoReaderOptions {
  /** Sends requests; default the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** How often and how long requests are tried. */
  readonly patience?: Patience | undefined;
}

/** A reader, with what a writer of the same repository shares with it. */
export interface OpenReader {
  readonly reader: RepoReader;
  readonly xrpc: Xrpc;
  readonly collections: Collections;
}

/** Reads the repository of an account, from its PDS, without credentials. */
export function repoReader(identity: Identity, options: RepoReaderOptions = {}): RepoReader {
  return openReader(identity, options).reader;
}

/** Builds {@link repoReader}, showing what is in it. */
export function openReader(identity: Identity, { fetch, patience = PATIENCE }: RepoReaderOptions): OpenReader {
  const { did } = identity;
  const pds = redactUrl(identity.pds);
  const caller = xrpc({ pds: identity.pds, fetch, patience });
  const collections = new Collections({ xrpc: caller, pds, did });
  const reader: RepoReader = {
    identity,
    async get(collection, rkey, { signal } = {}) {
      try {
        const found = await caller.query(GET, { repo: did, collection, rkey }, { signal });
        const place = { pds, operation: GET };
        const record = readRecord(found, did, collection, place);
        if (record.rkey !== rkey) throw strange("it gives another record than was asked for", place);
        await requireCid(record, did, collection);
        return record;
      } catch (error) {
        if (isAtdataError(error, "PDS_FAILED") && error.fields.error === "RecordNotFound") return undefined;
        throw error;
      }
    },
    async all(collection, { signal } = {}) {
      for (let listings = 0; listings < LISTINGS; listings++) {
        if (listings > 0) await patience.timing.sleep(backoffMs(listings, patience.timing), signal);
        const records = await collections.at(await collections.head(signal), collection, signal);
        if (records !== undefined) return records;
      }
      const fields = { pds, operation: "com.atproto.repo.listRecords" };
      throw new AtdataError("PDS_FAILED", "the repository changes faster than it can be listed", fields);
    },
    blob: (cid, options) => caller.open("com.atproto.sync.getBlob", { did, cid }, options),
    proof: (collection, rkey, options) => {
      return caller.bytes("com.atproto.sync.getRecord", { did, collection, rkey }, options);
    },
  };
  return { reader, xrpc: caller, collections };
}

/**
 * Refuses a record that is not what its CID says.
 *
 * @throws AtdataError `RECORD_MISMATCH`.
 */
export async function requireCid(
  { uri, rkey, cid, value }: RepoRecord,
  did: string,
  collection: string,
): Promise<void> {
  const { record } = await prepareWrite(did, { action: "create", collection, rkey, value });
  if (record?.cid === cid) return;
  const fields = { uri, want: cid, got: record?.cid ?? "" };
  const hint = "its PDS, or what is between, has changed it";
  throw new AtdataError("RECORD_MISMATCH", "the record differs from its CID", fields, { hint });
}

import type { RepoRecord } from "./repo-client.ts";
import { inOrder, listRecords, type RepoPlace, strange } from "./repo-records.ts";
import { SharedWork } from "./shared-work.ts";

const HEAD = "com.atproto.sync.getLatestCommit";

/** A commit of a repository; later ones have greater revisions. */
export interface Commit {
  readonly cid: string;
  readonly rev: string;
}

/** A record as a commit left it; without `record` it was deleted. */
export interface Change {
  readonly collection: string;
  readonly rkey: string;
  readonly record?: RepoRecord | undefined;
}

interface Listing {
  readonly commit: Commit;
  readonly records: readonly RepoRecord[];
}

/** The collections of a repository, each as it was at one commit. */
export class Collections {
  readonly #repo: RepoPlace;
  readonly #kept = new Map<string, Listing>();
  readonly #listing = new SharedWork<readonly RepoRecord[] | undefined>();

  /** Begins with nothing. */
  constructor(repo: RepoPlace) {
    this.#repo = repo;
  }

  /** Asks for the latest commit. */
  async head(signal: AbortSignal | undefined): Promise<Commit> {
    const { xrpc, did, pds } = this.#repo;
    const { cid, rev } = await xrpc.query(HEAD, { did }, { signal });
    if (typeof cid === "string" && typeof rev === "string") return { cid, rev };
    throw strange("it does not tell its latest commit", { pds, operation: HEAD });
  }

  /** Gives the records of a collection as they were at a commit; `undefined` when that is no longer the latest one. */
  async at(
    commit: Commit,
    collection: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly RepoRecord[] | undefined> {
    const kept = this.#kept.get(collection);
    if (kept?.commit.cid === commit.cid) return kept.records;
    return this.#listing.run(`${collection} ${commit.cid}`, signal, async (signal) => {
      const records = await listRecords(this.#repo, collection, signal);
      // Without another commit meanwhile, all pages are of this one.
      if ((await this.head(signal)).cid !== commit.cid) return undefined;
      this.#keep(collection, { commit, records });
      return records;
    });
  }

  /** Takes note of a commit of our own, so that nothing is listed again for it. */
  committed(before: Commit, after: Commit, changes: readonly Change[]): void {
    for (const [collection, { commit, records }] of this.#kept) {
      if (commit.cid !== before.cid) continue;
      const own = changes.filter((change) => change.collection === collection);
      this.#keep(collection, { commit: after, records: own.length === 0 ? records : changed(records, own) });
    }
  }

  /** Lists a collection anew the next time. */
  forget(collection: string): void {
    this.#kept.delete(collection);
  }

  #keep(collection: string, listing: Listing): void {
    const kept = this.#kept.get(collection);
    if (kept === undefined || kept.commit.rev < listing.commit.rev) this.#kept.set(collection, listing);
  }
}

/** Gives records with changes to them. */
export function changed(records: readonly RepoRecord[], changes: readonly Change[]): readonly RepoRecord[] {
  const byKey = new Map(records.map((record) => [record.rkey, record]));
  for (const { rkey, record } of changes) {
    if (record === undefined) byKey.delete(rkey);
    else byKey.set(rkey, record);
  }
  return inOrder(byKey.values());
}

import { prepareWrite } from "../src/client/prepared-write.ts";
import type { Planned, RepoRecord, RepoState, RepoWriter } from "../src/client/repo-client.ts";

/** Ways in which a transaction may go before it is told as done. */
export interface Mishaps {
  /** Plans are asked once for nothing, as when somebody else was faster. */
  readonly stale?: boolean | undefined;
  /** What a plan says is done, and it is asked again, as when the answer was lost. */
  readonly lost?: boolean | undefined;
}

/**
 * A repository in memory that checks nothing: for tests of what is planned, in which no answer is lost by chance.
 *
 * Values come back with sorted keys, as from a PDS.
 */
export function fakeRepo(did: string, { stale = false, lost = false }: Mishaps = {}): RepoWriter {
  const collections = new Map<string, Map<string, RepoRecord>>();
  const lists = new Map<string, readonly RepoRecord[]>();
  let last: Promise<unknown> = Promise.resolve();

  const recordsOf = (collection: string): Map<string, RepoRecord> => {
    const records = collections.get(collection) ?? new Map();
    collections.set(collection, records);
    return records;
  };
  const all = (collection: string): readonly RepoRecord[] => {
    const list =
      lists.get(collection) ?? [...recordsOf(collection).values()].sort((a, b) => (a.rkey < b.rkey ? -1 : 1));
    lists.set(collection, list);
    return list;
  };
  const state: RepoState = { all: async (collection) => all(collection) };

  async function carryOut({ writes }: Planned<unknown>): Promise<ReadonlyMap<string, string>> {
    const cids = new Map<string, string>();
    for (const write of writes) {
      const { collection, rkey } = write;
      const { record } = await prepareWrite(did, write);
      const records = recordsOf(collection);
      if (records.has(rkey) !== (write.action !== "create")) throw new Error(`cannot ${write.action} ${rkey}`);
      if (record === undefined) records.delete(rkey);
      else {
        cids.set(`${collection}/${rkey}`, record.cid);
        records.set(rkey, record);
      }
      lists.delete(collection);
    }
    return cids;
  }

  return {
    identity: { did, handle: "me.test", pds: "https://pds.test" },
    async get(collection, rkey, options) {
      options?.signal?.throwIfAborted();
      return recordsOf(collection).get(rkey);
    },
    async all(collection, options) {
      options?.signal?.throwIfAborted();
      return all(collection);
    },
    transact(plan, options) {
      const turn = last.then(async () => {
        options?.signal?.throwIfAborted();
        if (stale) await plan(state);
        if (lost) await carryOut(await plan(state));
        const planned = await plan(state);
        return planned.result(await carryOut(planned));
      });
      last = turn.catch(() => {});
      return turn;
    },
    blob: () => Promise.reject(new Error("the fake has no blobs")),
    proof: () => Promise.reject(new Error("the fake signs nothing")),
    uploadBlob: () => Promise.reject(new Error("the fake has no blobs")),
    maxBlobBytes: async () => 0,
  };
}

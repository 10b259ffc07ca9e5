import { prepareWrite } from "../src/client/prepared-write.ts";
import type { RecordWrite, RepoRecord } from "../src/client/repo-client.ts";
import { PATIENCE, type Patience } from "../src/client/retry.ts";

/** A PDS in memory with one repository, for what a real one does only by chance. */
export interface FakePds {
  readonly did: string;
  readonly fetch: typeof fetch;
  /** Methods that were called, in turn. */
  readonly calls: string[];
  /** Sizes of the commits that were asked for. */
  readonly sizes: number[];
  /** Records, by `collection/rkey`. */
  readonly records: Map<string, RepoRecord>;
  /** Is asked before each call, and may answer or fail in its place. */
  before: (method: string, init: RequestInit | undefined) => Response | undefined | Promise<Response | undefined>;
  /** Is asked after each call. */
  after: (method: string) => void;
  /** Makes a commit of somebody else. */
  put(collection: string, rkey: string, value: Record<string, unknown>): Promise<void>;
}

/** Waits that take no time and are noted. */
export function patience(waits: number[] = [], now = 0): Patience {
  const sleep = async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    waits.push(ms);
  };
  return { ...PATIENCE, timing: { sleep, random: () => 0.5, now: () => now } };
}

/** Makes an answer. */
export function answer(body: object, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

/** Makes an empty repository. */
export function fakePds(): FakePds {
  const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  let rev = 0;
  const commit = (): object => ({ cid: `commit-${rev}`, rev: `rev-${String(rev).padStart(6, "0")}` });
  const write = async (given: RecordWrite): Promise<string | undefined> => {
    const { record, collection, rkey } = await prepareWrite(did, given);
    if (record === undefined) pds.records.delete(`${collection}/${rkey}`);
    else pds.records.set(`${collection}/${rkey}`, record);
    return record?.cid;
  };
  const methods: Record<string, (params: URLSearchParams, body: Record<string, unknown>) => Promise<Response>> = {
    "com.atproto.sync.getLatestCommit": async () => answer(commit()),
    "com.atproto.repo.listRecords": async (params) => {
      const start = `${params.get("collection")}/`;
      const all = [...pds.records].filter(([place]) => place.startsWith(start)).map(([, record]) => record);
      const from = Number(params.get("cursor") ?? 0);
      const records = all.slice(from, from + Number(params.get("limit")));
      return answer({ records, ...(records.length > 0 && { cursor: String(from + records.length) }) });
    },
    "com.atproto.repo.applyWrites": async (_, body) => {
      const writes = body.writes as (RecordWrite & { $type: string })[];
      pds.sizes.push(writes.length);
      if (body.swapCommit !== (commit() as { cid: string }).cid) return answer({ error: "InvalidSwap" }, 400);
      if (writes.some(({ rkey }) => rkey === "refused")) {
        return answer({ error: "InvalidRequest", message: "not this" }, 400);
      }
      const actions = writes.map(({ $type }) => $type.split("#")[1]);
      const fit = writes.every(({ collection, rkey }, i) => {
        return pds.records.has(`${collection}/${rkey}`) === (actions[i] !== "create");
      });
      if (!fit) return answer({ error: "InternalServerError" }, 500);
      const results: object[] = [];
      for (const [i, { $type: _, ...rest }] of writes.entries()) {
        results.push({ cid: await write({ ...rest, action: actions[i] } as RecordWrite) });
      }
      rev++;
      return answer({ commit: commit(), results });
    },
  };
  const pds: FakePds = {
    did,
    calls: [],
    sizes: [],
    records: new Map(),
    before: () => undefined,
    after: () => {},
    async put(collection, rkey, value) {
      await write({ action: "create", collection, rkey, value });
      rev++;
    },
    fetch: async (input, init) => {
      const { pathname, searchParams } = new URL(String(input));
      const method = pathname.slice("/xrpc/".length);
      pds.calls.push(method.split(".").at(-1) ?? "");
      const instead = await pds.before(method, init);
      if (instead !== undefined) return instead;
      const body = typeof init?.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
      const response = await methods[method]?.(searchParams, body);
      pds.after(method);
      return response ?? answer({ error: "MethodNotImplemented" }, 501);
    },
  };
  return pds;
}

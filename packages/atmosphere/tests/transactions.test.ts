import { beforeEach, describe, expect, it } from "vitest";
import type { Planned, RecordWrite, RepoState, RepoWriter } from "../src/client/repo-client.ts";
import { repoReader } from "../src/client/repo-reader.ts";
import { repoWriter } from "../src/client/repo-writer.ts";
import { answer, type FakePds, fakePds, patience } from "./fake-pds.ts";

const C = "science.alt.dataset.note";
const APPLY = "com.atproto.repo.applyWrites";

let pds: FakePds;
let waits: number[];
let repo: RepoWriter;

beforeEach(() => {
  pds = fakePds();
  waits = [];
  const { did, fetch } = pds;
  const session = { did, fetchHandler: (path: string, init: RequestInit) => fetch(`https://pds.test${path}`, init) };
  repo = repoWriter(session, { did, pds: "https://pds.test" }, { fetch, patience: patience(waits) });
});

function create(rkey: string, value: object = {}): Extract<RecordWrite, { readonly action: "create" | "update" }> {
  return { action: "create", collection: C, rkey, value: { $type: C, ...value } };
}

function plan(...writes: RecordWrite[]): () => Planned<ReadonlyMap<string, string>> {
  return () => ({ writes, result: (cids) => cids });
}

async function keys(state: Pick<RepoState, "all">): Promise<readonly string[]> {
  return (await state.all(C)).map((record) => record.rkey);
}

describe("transactions", () => {
  it("see what those before them in the same commit write", async () => {
    const seen: (readonly string[])[] = [];
    const look = (write: RecordWrite) => {
      return repo.transact(async (state) => {
        seen.push(await keys(state));
        return { writes: [write], result: () => undefined };
      });
    };
    await Promise.all([look(create("b")), look(create("a")), look({ action: "delete", collection: C, rkey: "b" })]);
    expect(seen).toEqual([[], ["b"], ["a", "b"]]);
    expect(pds.sizes).toEqual([1]);
    expect(await keys(repo)).toEqual(["a"]);
  });

  it("write one record once in a commit, and each gets the CID of its own version", async () => {
    const [first, second] = await Promise.all([
      repo.transact(plan(create("a", { n: 1 }))),
      repo.transact(plan({ ...create("a", { n: 2 }), action: "update" })),
    ]);
    expect(pds.sizes).toEqual([1]);
    expect(pds.records.get(`${C}/a`)).toMatchObject({ value: { n: 2 }, cid: second.get(`${C}/a`) });
    expect(first.get(`${C}/a`)).not.toBe(second.get(`${C}/a`));
  });

  it("are never split, and share a commit only as far as they fit", async () => {
    const many = (prefix: string, count: number): RecordWrite[] => {
      return Array.from({ length: count }, (_, i) => create(`${prefix}${i}`));
    };
    await Promise.all([150, 60, 140, 1].map((count, i) => repo.transact(plan(...many(`p${i}-`, count)))));
    expect(pds.sizes).toEqual([150, 200, 1]);
    await expect(repo.transact(plan(...many("x", 201)))).rejects.toThrow(TypeError);
    const large = Array.from({ length: 5 }, (_, i) =>
      repo.transact(plan(create(`large${i}`, { s: "é".repeat(150_000) }))),
    );
    await Promise.all(large);
    expect(pds.sizes.slice(3)).toEqual([2, 2, 1]);
  });

  it("are planned again when another commit came before, also while they look", async () => {
    let asked = 0;
    const once = async (method: string, at: number, act: () => Promise<void>): Promise<void> => {
      let calls = 0;
      pds.before = async (called) => {
        if (called === method && ++calls === at) await act();
        return undefined;
      };
    };
    const look = () => {
      return repo.transact(async (state) => {
        asked++;
        const there = await keys(state);
        return { writes: [create(`own${there.length}`)], result: () => there };
      });
    };
    await once(APPLY, 1, () => pds.put(C, "x", { $type: C }));
    expect(await look()).toEqual(["x"]);
    expect(asked).toBe(2);
    await once("com.atproto.repo.listRecords", 1, () => pds.put(C, "z", { $type: C }));
    await pds.put(C, "y", { $type: C });
    expect(await look()).toEqual(["own1", "x", "y", "z"]);
  });

  it("give up when the repository never stays as it is", async () => {
    pds.before = async (method) => (method === APPLY ? answer({ error: "InvalidSwap" }, 400) : undefined);
    await expect(repo.transact(plan(create("a")))).rejects.toMatchObject({
      code: "PDS_FAILED",
      fields: { error: "InvalidSwap" },
    });
    expect(waits.length).toBeGreaterThan(10);
  });

  it("are done when the answer to their commit was lost, whatever was written meanwhile", async () => {
    let lost = false;
    pds.before = async (method) => {
      if (method !== APPLY || !lost) return undefined;
      // Before it is sent again, somebody else writes.
      lost = false;
      await pds.put(C, "other", { $type: C });
      return undefined;
    };
    const { fetch } = pds;
    const dropping: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).endsWith(APPLY) || pds.sizes.length > 1) return response;
      lost = true;
      throw new TypeError("fetch failed");
    };
    const session = {
      did: pds.did,
      fetchHandler: (path: string, init: RequestInit) => dropping(`https://pds.test${path}`, init),
    };
    const losing = repoWriter(session, repo.identity, { fetch, patience: patience() });
    const results = await Promise.all([
      losing.transact(plan(create("a"))),
      losing.transact(async (state) => {
        const there = await keys(state);
        return { writes: [], result: () => there };
      }),
    ]);
    expect(results).toEqual([new Map([[`${C}/a`, pds.records.get(`${C}/a`)?.cid]]), ["a"]]);
    expect(await keys(losing)).toEqual(["a", "other"]);
    expect(pds.sizes).toEqual([1, 1]);
  });

  it("fail by themselves: others of the same commit are made", async () => {
    const fails = (error: Error) => repo.transact(() => Promise.reject(error));
    const results = await Promise.allSettled([
      repo.transact(plan(create("a"))),
      fails(new Error("of the plan")),
      repo.transact(plan(create("refused"))),
      repo.transact(plan(create("float", { n: 1.5 }))),
      repo.transact(plan(create("no/key"))),
      repo.transact(plan(create("b"))),
    ]);
    expect(results.map((result) => (result.status === "rejected" ? String(result.reason) : "done"))).toEqual([
      "done",
      "Error: of the plan",
      expect.stringContaining("the PDS answered: not this"),
      expect.stringContaining("it is a float; collection=science.alt.dataset.note; field=n"),
      expect.stringContaining("not a key of a record"),
      "done",
    ]);
    expect(await keys(repo)).toEqual(["a", "b"]);
  });

  it("are wrong when they create what is there or change what is not, and write nothing then", async () => {
    const [, twice, missing] = await Promise.allSettled([
      repo.transact(plan(create("a"))),
      repo.transact(plan(create("b"), create("a"))),
      repo.transact(async (state) => {
        await state.all(C);
        return plan({ action: "delete", collection: C, rkey: "c" })();
      }),
    ]);
    for (const result of [twice, missing]) {
      expect(result).toMatchObject({ status: "rejected", reason: expect.any(TypeError) });
    }
    expect(await keys(repo)).toEqual(["a"]);
  });

  it("end with their signal, and let the others go on", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const hanging = repo.transact(() => new Promise<never>(() => {}), { signal: controller.signal });
    const waiting = repo.transact(plan(create("never")), { signal: controller.signal });
    const other = repo.transact(plan(create("a")));
    setTimeout(() => controller.abort(reason), 20);
    await expect(hanging).rejects.toBe(reason);
    await expect(waiting).rejects.toBe(reason);
    await other;
    expect(await keys(repo)).toEqual(["a"]);
    await expect(repo.transact(plan(create("b")), { signal: controller.signal })).rejects.toBe(reason);
  });

  it("end a request that hangs when nobody waits for it any longer", async () => {
    let ended: unknown;
    pds.before = (method, init) => {
      if (method !== APPLY) return undefined;
      return new Promise((_, reject) => {
        init?.signal?.addEventListener("abort", () => {
          ended = init.signal?.reason;
          reject(ended);
        });
      });
    };
    const reason = new Error("enough");
    const controller = new AbortController();
    const call = repo.transact(plan(create("a")), { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(call).rejects.toBe(reason);
    expect(ended).toBe(reason);
    pds.before = () => undefined;
    await repo.transact(plan(create("b")));
    expect(await keys(repo)).toEqual(["b"]);
  });
});

describe("a reader of a repository", () => {
  it("refuses another record than it asked for, also one that is as its CID says", async () => {
    await pds.put(C, "mine", { $type: C, of: "me" });
    await pds.put(C, "other", { $type: C, of: "another" });
    const reader = repoReader({ did: pds.did, pds: "https://pds.test" }, { fetch: pds.fetch, patience: patience() });
    let given = "mine";
    pds.before = (method) =>
      method.endsWith("getRecord") ? answer(pds.records.get(`${C}/${given}`) as object) : undefined;
    expect((await reader.get(C, "mine"))?.value.of).toBe("me");
    given = "other";
    await expect(reader.get(C, "mine")).rejects.toMatchObject({ code: "PDS_FAILED" });
  });

  it("begins a listing anew when there is a commit meanwhile", async () => {
    for (let i = 0; i < 250; i++) await pds.put(C, `r${String(i).padStart(3, "0")}`, { $type: C });
    const reader = repoReader({ did: pds.did, pds: "https://pds.test" }, { fetch: pds.fetch, patience: patience() });
    let pages = 0;
    pds.before = async (method) => {
      // The record that is gone would be missing, and the one after the first page be skipped.
      if (method.endsWith("listRecords") && ++pages === 2) {
        pds.records.delete(`${C}/r000`);
        await pds.put(C, "s", { $type: C });
      }
      return undefined;
    };
    const records = await reader.all(C);
    expect(records.map((record) => record.rkey)).toEqual(
      [...pds.records.keys()].map((place) => place.slice(C.length + 1)),
    );
    expect(records.length).toBe(250);
    pds.before = async (method) => {
      if (method.endsWith("listRecords")) await pds.put(C, `t${pages++}`, { $type: C });
      return undefined;
    };
    await expect(reader.all(`${C}.other`)).rejects.toMatchObject({ code: "PDS_FAILED" });
  });

  it("lists once for those who ask at the same time, and goes on while one of them waits", async () => {
    await pds.put(C, "a", { $type: C });
    const reader = repoReader({ did: pds.did, pds: "https://pds.test" }, { fetch: pds.fetch, patience: patience() });
    const controller = new AbortController();
    const reason = new Error("enough");
    pds.before = async (method) => {
      if (method.endsWith("listRecords")) controller.abort(reason);
      return undefined;
    };
    const first = reader.all(C, { signal: controller.signal });
    const second = reader.all(C);
    await expect(first).rejects.toBe(reason);
    expect((await second).length).toBe(1);
    expect(pds.calls.filter((method) => method === "listRecords").length).toBe(2);
  });

  it("refuses answers that are none", async () => {
    const strange = [
      { records: "none" },
      { records: [{ uri: `at://did:plc:bbbbbbbbbbbbbbbbbbbbbbbb/${C}/a`, cid: "c", value: {} }] },
      { records: [{ uri: `at://${pds.did}/${C}/a`, cid: "c", value: [] }] },
      { records: [{ uri: `at://${pds.did}/${C}/a`, cid: "c", value: {} }], cursor: "again" },
      { records: [{ uri: `at://${pds.did}/${C}/a/b`, cid: "c", value: {} }] },
    ];
    for (const body of strange) {
      pds.before = async (method) => (method.endsWith("listRecords") ? answer(body) : undefined);
      await expect(repo.all(C)).rejects.toMatchObject({ code: "PDS_FAILED" });
    }
    pds.before = async () => new Response("<html>", { status: 200 });
    await expect(repo.get(C, "a")).rejects.toMatchObject({ code: "PDS_FAILED" });
  });
});

import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { isAtdataError } from "@atdata/core";
import {
  type FaultyPds,
  faulty,
  internalError,
  startTestNetwork,
  type TestAccount,
  type TestNetwork,
  tooMany,
} from "@atdata/tooling-atproto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepoRecord, RepoWriter } from "../src/client/repo-client.ts";
import { repoReader } from "../src/client/repo-reader.ts";
import { repoWriter } from "../src/client/repo-writer.ts";
import { login, makeTid, type PasswordSession, resumeSession, type SessionData } from "../src/index.ts";

const APPLY = "com.atproto.repo.applyWrites";
const LIST = "com.atproto.repo.listRecords";
const COLLECTION = "science.alt.dataset.note";

let network: TestNetwork;
let alice: TestAccount;
let way: FaultyPds;
let session: PasswordSession;

beforeAll(async () => {
  network = await startTestNetwork();
  alice = await network.createAccount(network.pds[0], "alice");
  way = await faulty(alice.pds);
  session = await loggedIn();
}, 60_000);

afterAll(async () => {
  await way?.[Symbol.asyncDispose]();
  await network?.[Symbol.asyncDispose]();
});

function loggedIn(account = alice): Promise<PasswordSession> {
  const { handle, password } = account;
  return login({ identifier: handle, password, service: account.pds.url, fetch: way.fetch });
}

function writer(by = session, account = alice): RepoWriter {
  return repoWriter(by, { did: account.did, handle: account.handle, pds: account.pds.url }, { fetch: way.fetch });
}

function add(repo: RepoWriter, collection: string, name: string, rkey = makeTid()): Promise<string | undefined> {
  return repo.transact(async (state) => {
    const there = (await state.all(collection)).find((record) => record.rkey === rkey);
    if (there !== undefined) return { writes: [], result: () => there.cid };
    const value = { $type: collection, name, data: { $bytes: "AQI=" } };
    return {
      writes: [{ action: "create", collection, rkey, value }],
      result: (cids) => cids.get(`${collection}/${rkey}`),
    };
  });
}

function names(records: readonly RepoRecord[]): readonly unknown[] {
  return records.map((record) => record.value.name).sort();
}

function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(4, "0")}`);
}

async function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("nothing was thrown"),
    (error: unknown) => error,
  );
}

describe("a repository on a real PDS", () => {
  it("is listed completely with 5,000 records, in the order of their keys, and kept until there is a commit", async () => {
    const collection = `${COLLECTION}.many`;
    const repo = writer();
    for (let from = 0; from < 5000; from += 200) {
      const rkeys = numbered("r", 5000).slice(from, from + 200);
      await repo.transact(() => ({
        writes: rkeys.map((rkey) => ({
          action: "create",
          collection,
          rkey,
          value: { $type: collection, name: rkey },
        })),
        result: () => undefined,
      }));
    }
    const reader = repoReader({ did: alice.did, pds: alice.pds.url }, { fetch: way.fetch });
    const before = way.count(LIST);
    const [records, same] = await Promise.all([reader.all(collection), reader.all(collection)]);
    expect(records.map((record) => record.rkey)).toEqual(numbered("r", 5000));
    expect(same).toBe(records);
    expect(await reader.all(collection)).toBe(records);
    expect(way.count(LIST) - before).toBe(51);
    await add(repo, `${COLLECTION}.other`, "one more commit");
    expect((await reader.all(collection)).length).toBe(5000);
    expect(way.count(LIST) - before).toBeGreaterThan(51);
  }, 120_000);

  it("takes 200 transactions that begin together in few commits, and lists nothing again for its own", async () => {
    const collection = `${COLLECTION}.together`;
    const repo = writer();
    const [applied, listed] = [way.count(APPLY), way.count(LIST)];
    const cids = await Promise.all(numbered("n", 200).map((name) => add(repo, collection, name)));
    expect(way.count(APPLY) - applied).toBeLessThanOrEqual(3);
    const records = await repo.all(collection);
    expect(names(records)).toEqual(numbered("n", 200));
    expect(records.map((record) => record.cid).sort()).toEqual([...cids].sort());
    expect(way.count(LIST) - listed).toBe(1);
    const anew = await repoReader(repo.identity).all(collection);
    expect(records).toEqual(anew);
    expect(JSON.stringify(records)).toBe(JSON.stringify(anew));
  }, 60_000);

  it("lets writers that race lose nothing", async () => {
    const collection = `${COLLECTION}.race`;
    const repos = [writer(), writer(await loggedIn())];
    const increment = (repo: RepoWriter, looked: () => Promise<void>): Promise<unknown> =>
      repo.transact(async (state) => {
        const there = (await state.all(collection))[0];
        const count = Number(there?.value.count ?? 0) + 1;
        const action = there === undefined ? "create" : "update";
        await looked();
        return {
          writes: [{ action, collection, rkey: "counter", value: { $type: collection, count } }],
          result: () => count,
        };
      });
    const before = way.count(APPLY);
    for (let round = 0; round < 10; round++) {
      // Nobody writes before both have looked, so that one of them has to look again.
      const both = meeting(repos.length);
      await Promise.all(repos.map((repo) => increment(repo, both)));
    }
    expect((await repos[0]?.get(collection, "counter"))?.value.count).toBe(20);
    expect(way.count(APPLY) - before).toBeGreaterThanOrEqual(30);
  }, 60_000);

  it("pays for a busy PDS and connections that break with retries only", async () => {
    const collection = `${COLLECTION}.faults`;
    const repo = writer();
    way.fail(APPLY, 1, tooMany(0));
    way.fail(APPLY, 2, internalError);
    way.fail(APPLY, 3, "refuse");
    way.fail(APPLY, 4, { cutRequest: 40 });
    const before = way.count(APPLY);
    await Promise.all(numbered("f", 150).map((name) => add(repo, collection, name)));
    expect(way.count(APPLY) - before).toBe(5);
    way.fail(LIST, 1, { dropAfter: 500 });
    way.fail(LIST, 2, internalError);
    way.fail(LIST, 4, tooMany(0));
    const records = await repoReader(repo.identity, { fetch: way.fetch }).all(collection);
    expect(names(records)).toEqual(numbered("f", 150));
  }, 60_000);

  it("knows a commit whose answer was lost, and does not make it again", async () => {
    const collection = `${COLLECTION}.lost`;
    const repo = writer();
    way.fail(APPLY, 1, "swallow");
    let asked = 0;
    const cid = await repo.transact(() => {
      asked++;
      const value = { $type: collection, name: "once" };
      return {
        writes: [{ action: "create", collection, rkey: "own", value }],
        result: (cids) => cids.get(`${collection}/own`),
      };
    });
    const records = await repo.all(collection);
    expect(records.map((record) => record.cid)).toEqual([cid]);
    expect(asked).toBe(1);
  });

  it("keeps the refusal of one transaction from the others of its commit", async () => {
    const collection = `${COLLECTION}.refused`;
    const repo = writer();
    const wrong = repo.transact(() => ({
      writes: [{ action: "create", collection, rkey: "wrong", value: { $type: "science.alt.another" } }],
      result: () => undefined,
    }));
    const [error, ...others] = await Promise.all([
      thrown(wrong),
      ...["a", "b"].map((name) => add(repo, collection, name)),
    ]);
    expect(error).toMatchObject({ code: "PDS_FAILED", fields: { status: 400, operation: APPLY } });
    expect(others.every((cid) => cid !== undefined)).toBe(true);
    expect(names(await repo.all(collection))).toEqual(["a", "b"]);
  });

  it("gives records and blobs, and undefined for a record that is not there", async () => {
    const repo = writer();
    const bytes = new Uint8Array(100_000).map((_, i) => i * 31);
    const blob = await repo.uploadBlob(bytes, "application/x-tar");
    expect(blob).toMatchObject({ $type: "blob", mimeType: "application/x-tar", size: 100_000 });
    const value = { $type: `${COLLECTION}.blob`, blob };
    await repo.transact(() => ({
      writes: [{ action: "create", collection: `${COLLECTION}.blob`, rkey: "b", value }],
      result: () => undefined,
    }));
    expect((await repo.get(`${COLLECTION}.blob`, "b"))?.value).toEqual(value);
    const response = await repo.blob(blob.ref.$link);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(await repo.get(`${COLLECTION}.blob`, "c")).toBeUndefined();
    expect(await repo.maxBlobBytes()).toBe(5 << 20);
    const large = await thrown(repo.uploadBlob(new Uint8Array((5 << 20) + 1), "application/x-tar"));
    expect(large).toMatchObject({ code: "PDS_FAILED", fields: { operation: "com.atproto.repo.uploadBlob" } });
  });
});

describe("a session with a real PDS", () => {
  it("is refused with a wrong password", async () => {
    const error = await thrown(login({ identifier: alice.handle, password: "not-it", service: alice.pds.url }));
    expect(error).toMatchObject({ code: "AUTH_FAILED", fields: { account: alice.handle } });
    expect(inspect(error, { depth: null })).not.toContain("not-it");
  });

  it("renews itself when its token has expired, and tells its new tokens before it goes on", async () => {
    const told: (SessionData | undefined)[] = [];
    const kept = JSON.parse(JSON.stringify(expired(dataOf(await loggedIn())))) as SessionData;
    const resumed = resumeSession(kept, { fetch: way.fetch, onChange: (data) => void told.push(data) });
    expect(await add(writer(resumed), `${COLLECTION}.renewed`, "a")).toBeDefined();
    expect(told).toEqual([resumed.data()]);
    expect(told[0]?.accessJwt).not.toBe(kept.accessJwt);
  });

  it("goes on from the session string of Python", async () => {
    const { did, handle, accessJwt, refreshJwt, pds } = dataOf(await loggedIn());
    const resumed = resumeSession([handle, did, accessJwt, refreshJwt, pds].join(":::"), { fetch: way.fetch });
    expect(await add(writer(resumed), `${COLLECTION}.python`, "a")).toBeDefined();
  });

  it("keeps its tokens when the PDS cannot renew them for a moment", async () => {
    const resumed = resumeSession(expired(dataOf(await loggedIn())), { fetch: way.fetch });
    way.fail("com.atproto.server.refreshSession", 1, internalError);
    way.fail("com.atproto.server.refreshSession", 2, "refuse");
    expect(await add(writer(resumed), `${COLLECTION}.moment`, "a")).toBeDefined();
  });

  it("has ended after a logout, here and for those who kept its tokens", async () => {
    const ended = await loggedIn();
    const kept = dataOf(ended);
    await ended.logout();
    expect(ended.data()).toBeUndefined();
    const own = await thrown(add(writer(ended), `${COLLECTION}.ended`, "a"));
    const others = await thrown(add(writer(resumeSession(expired(kept))), `${COLLECTION}.ended`, "a"));
    for (const error of [own, others]) {
      expect(error).toMatchObject({ code: "AUTH_EXPIRED", fields: { account: alice.handle } });
      expectNone(error, [kept.accessJwt, kept.refreshJwt, expired(kept).accessJwt]);
    }
  });
});

function dataOf(of: PasswordSession): SessionData {
  const data = of.data();
  if (data === undefined) throw new Error("the session has ended");
  return data;
}

/** Gives a session whose access token was good until an hour ago, signed with the secret of test networks. */
function expired(data: SessionData): SessionData {
  const [head = "", claims = ""] = data.accessJwt.split(".");
  const payload = JSON.parse(Buffer.from(claims, "base64url").toString()) as { exp: number };
  const changed = Buffer.from(JSON.stringify({ ...payload, exp: Math.floor(Date.now() / 1000) - 3600 }));
  const signed = `${head}.${changed.toString("base64url")}`;
  const signature = createHmac("sha256", "jwt-secret").update(signed).digest("base64url");
  return { ...data, accessJwt: `${signed}.${signature}` };
}

function expectNone(error: unknown, secrets: readonly string[]): void {
  expect(isAtdataError(error)).toBe(true);
  const texts = [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error), String(error)];
  for (let at = error; at instanceof Error; at = at.cause) texts.push(at.message, at.stack ?? "");
  for (const secret of secrets) expect(texts.join("\n").includes(secret)).toBe(false);
}

/** Gives what waits until it has been called so many times, and never again. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let meet = (): void => {};
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  return () => {
    if (++come === size) meet();
    return met;
  };
}

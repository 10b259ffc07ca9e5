import { atmosphere, login, makeTid, type PasswordSession, type RepoRecord } from "@atdata/atmosphere";
import { createIndex, type Index, type IndexEntry, type Repository } from "@atdata/core";
import { type FaultyPds, faulty, internalError, type TestAccount, tooMany } from "@atdata/tooling-atproto";
import { wds } from "@atdata/wds";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Numbered } from "../src/numbers.ts";
import { startAccounts, type TestAccounts } from "../src/test-accounts.ts";

const COMMIT = "com.atproto.repo.applyWrites";
const LIST = "com.atproto.repo.listRecords";
const ENTRY = "science.alt.dataset.entry";
let net: TestAccounts;
let way: FaultyPds;

beforeAll(async () => {
  net = await startAccounts();
  way = await faulty(net.network.pds[0]);
}, 60_000);
afterAll(async () => {
  await way?.[Symbol.asyncDispose]();
  await net?.[Symbol.asyncDispose]();
});

/** Logs in, and opens an index, each request going by way of the proxy. */
async function open({ handle, password, pds }: TestAccount): Promise<{ session: PasswordSession; index: Index }> {
  const session = await login({ identifier: handle, password, service: pds.url, fetch: way.fetch });
  const me = atmosphere({ ...net.ways, session, fetch: way.fetch });
  return { session, index: createIndex({ repos: { me }, formats: [wds()] }) };
}

/** Puts an entry whose shard is on the web. */
function put(index: Index, schemaRef: string, i: number): Promise<IndexEntry> {
  const entry = { name: nameOf(i), schemaRef, dataUrls: [`https://example.com/${nameOf(i)}.tar`] };
  return (index.repos.me as Repository).provider.putEntry(entry);
}

function nameOf(i: number): string {
  return `d${String(i).padStart(4, "0")}`;
}

describe("an account with many datasets", { timeout: 120_000 }, () => {
  it("publishes 200 of them at once, in no more than 3 commits", async () => {
    const { index } = await open(await net.account("many"));
    const { held } = await index.publishSchema(Numbered, { repo: "me", version: "1.0.0" });
    const before = way.count(COMMIT);
    const entries = await Promise.all(Array.from({ length: 200 }, (_, i) => put(index, held.ref, i)));
    const commits = way.count(COMMIT) - before;
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThanOrEqual(3);
    expect(await collect(index.list({ repo: "me" }))).toHaveLength(200);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(200);
  });

  it("has all 5,000 listed by somebody else, though the PDS answers 429, 500 or breaks off midway", async () => {
    const account = await net.account("plenty");
    const { index, session } = await open(account);
    const { held } = await index.publishSchema(Numbered, { repo: "me", version: "1.0.0" });
    const { id } = await put(index, held.ref, 0);
    const { value } = (await (await atmosphere(net.ways).open(account.did)).get(ENTRY, keyOf(id))) as RepoRecord;
    for (let from = 1; from < 5000; from += 200) {
      const writes = Array.from({ length: Math.min(200, 5000 - from) }, (_, i) => {
        const $type = `${COMMIT}#create`;
        return { $type, collection: ENTRY, rkey: makeTid(), value: { ...value, name: nameOf(from + i) } };
      });
      const body = JSON.stringify({ repo: account.did, validate: false, writes });
      const headers = { "content-type": "application/json" };
      const { status } = await session.fetchHandler(`/xrpc/${COMMIT}`, { method: "POST", headers, body });
      expect(status).toBe(200);
    }
    const { index: others } = await open(await net.account("carol"));
    const before = way.count(LIST);
    way.fail(LIST, 3, tooMany(1));
    way.fail(LIST, 7, internalError);
    way.fail(LIST, 12, { dropAfter: 1000 });
    way.fail(LIST, 20, "refuse");
    const names = (await collect(others.list({ repo: account.handle }))).map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: 5000 }, (_, i) => nameOf(i)));
    // Pages of 100, and once more what went wrong.
    expect(way.count(LIST) - before).toBeGreaterThanOrEqual(54);
    expect((await others.get(`@${account.handle}/d4321`))?.name).toBe("d4321");
  });
});

function keyOf(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1);
}

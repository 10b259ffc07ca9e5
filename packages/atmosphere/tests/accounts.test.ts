import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createIndex,
  type Index,
  type IndexEntry,
  int,
  memoryFormat,
  memoryStore,
  type NewEntry,
  sample,
  schemaToLocal,
  writeSamples,
} from "@atdata/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Atmosphere } from "../src/index.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { atmosphere as nodeAtmosphere } from "../src/node/index.ts";
import { counting, failure, type LoggedIn, listed, type Network, startNetwork } from "./network-fixture.ts";

const Digit = sample("Digit", { label: int() });

let network: Network;
let alice: LoggedIn;
let bob: LoggedIn;

beforeAll(async () => {
  network = await startNetwork();
  const [first, second] = network.net.pds;
  alice = await network.account("alice", first);
  bob = await network.account("bob", second);
}, 60_000);

afterAll(async () => {
  await network?.[Symbol.asyncDispose]();
});

function indexOf(me: Atmosphere): Index {
  return createIndex({ repos: { me }, formats: [memoryFormat()] });
}

/** An entry with its shards on the web. */
function entry(did: string, name: string, shard = 0): NewEntry {
  const schemaRef = `at://${did}/${COLLECTIONS.schema}/Digit:1.0.0`;
  return { name, schemaRef, dataUrls: [`https://example.com/${name}-${shard}.tar`] };
}

/** Puts a record that this library would not write. */
async function createRecord({ did, session }: LoggedIn, record: Record<string, unknown>): Promise<string> {
  const response = await session.fetchHandler("/xrpc/com.atproto.repo.createRecord", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ repo: did, collection: record.$type, record, validate: false }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { uri: string }).uri;
}

describe("the repositories of a network", () => {
  it("are read by handle, DID and uri from whatever PDS they are on, by others and by nobody", async () => {
    const mine = indexOf(network.open({ session: alice.session }));
    await mine.publishSchema(Digit, { repo: "me", version: "1.0.0" });
    const { provider } = mine.repos.me ?? {};
    const put = await provider?.putLabelled?.(entry(alice.did, "digits"), { name: "digits", version: "1.0.0" });
    const { id } = put as IndexEntry;
    expect(id).toMatch(new RegExp(`^at://${alice.did}/${COLLECTIONS.entry}/`));
    const byHandle = id.replace(alice.did, alice.handle);
    for (const index of [indexOf(network.open({ session: bob.session })), indexOf(network.open()), mine]) {
      for (const ref of [`@${alice.handle}/digits@1.0.0`, `@${alice.did}/digits`, id, byHandle]) {
        expect(await index.get(ref)).toMatchObject({ id, name: "digits", dataUrls: put?.dataUrls });
      }
      expect(await listed(index.list({ repo: alice.handle }))).toMatchObject([{ id }]);
      expect((await index.search({ repo: alice.handle, schema: "Digit" })).entries).toMatchObject([{ id }]);
      expect(await index.schema(`@${alice.handle}/Digit@1.0.0`)).toMatchObject({ name: "Digit" });
      expect(await index.schema(entry(alice.did, "").schemaRef)).toMatchObject({ name: "Digit", version: "1.0.0" });
      expect(await index.get(`${id}x`)).toBeUndefined();
    }
    expect(await mine.get("@me/digits@1.0.0")).toMatchObject({ id });
  });

  it("are written by their own accounts alone", async () => {
    const index = indexOf(network.open({ session: bob.session }));
    const digits = `@${alice.handle}/digits`;
    const { provider: hers } = await network.open({ session: bob.session }).network.open(alice.handle);
    const schema = { name: "Digit", version: "3.0.0", json: schemaToLocal(Digit, { version: "3.0.0" }) };
    for (const write of [
      () => index.label(digits, { version: "2.0.0" }),
      () => index.delete(digits),
      () => hers.putEntry(entry(alice.did, "d")),
      () => hers.createSchema(schema),
    ]) {
      expect(await failure(write())).toMatchObject({ code: "ACCESS_DENIED", fields: { url: `at://${alice.did}` } });
    }
    const { provider } = network.open();
    for (const write of [
      () => provider.putEntry(entry(bob.did, "d")),
      () => provider.deleteEntry("at://x/y/z"),
      () => provider.putLabel({ name: "d", version: "", id: "x" }),
    ]) {
      expect(await failure(write())).toMatchObject({ code: "AUTH_REQUIRED" });
    }
    expect(await listed(provider.listEntries())).toEqual([]);
    expect(await provider.getEntry(entry(alice.did, "digits").schemaRef)).toBeUndefined();
    expect(() => network.open({ session: { ...bob.session, did: undefined } })).toThrow("nobody is logged in");
    // What one's own index finds on the network is one's own repository.
    const own = indexOf(network.open({ session: alice.session }));
    expect(await own.label(digits, { version: "1.1.0" })).toMatchObject({ version: "1.1.0" });
  });

  it("hold what is put, however much at once, in few commits and in its order", async () => {
    const carol = await network.account();
    const session = counting(carol.session);
    const { provider } = network.open({ session });
    await provider.putEntry(entry(carol.did, "first"));
    const before = session.count("com.atproto.repo.applyWrites");
    const names = Array.from({ length: 200 }, (_, i) => `d${i}`);
    await Promise.all(names.map((name) => provider.putEntry(entry(carol.did, name))));
    const commits = session.count("com.atproto.repo.applyWrites") - before;
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThanOrEqual(3);
    const { provider: read } = await network.open().network.open(carol.did);
    const there = await listed(read.listEntries());
    expect(there.map(({ name }) => name)).toEqual(["first", ...names]);
  }, 60_000);

  it("move labels only from what is expected, whoever else moves them", async () => {
    const carol = await network.account();
    const [one, two] = [network.open({ session: carol.session }), network.open({ session: carol.session })];
    const ids: string[] = [];
    for (const shard of [0, 1, 2]) ids.push((await one.provider.putEntry(entry(carol.did, "d", shard))).id);
    const [a = "", b = "", c = ""] = ids;
    const label = { name: "d", version: "1.0.0" };
    expect(await one.provider.putLabel({ ...label, id: a }, { expect: null })).toBe(true);
    const racers = [one, two].map(({ provider }, i) =>
      provider.putLabel({ ...label, id: ids[i + 1] ?? "" }, { expect: a }),
    );
    const won = await Promise.all(racers);
    expect(won.filter(Boolean)).toHaveLength(1);
    const index = indexOf(two);
    const held = won[0] ? b : c;
    expect(await index.get("@me/d@1.0.0")).toMatchObject({ id: held });
    expect(await failure(index.label("@me/d@1.0.0", { version: "1.0.0", expect: a }))).toMatchObject({
      code: "LABEL_CONFLICT",
      fields: { found: held },
    });
    const byHandle = held.replace(carol.did, carol.handle);
    expect(
      await one.provider.putLabel({ ...label, id: a.replace(carol.did, carol.handle) }, { expect: byHandle }),
    ).toBe(true);
    expect(await two.provider.getLabel("d", "1.0.0")).toMatchObject({ id: a });
  });

  it("may have several records of one label, of which the newest counts, and all go", async () => {
    const carol = await network.account();
    const { provider } = network.open({ session: carol.session });
    const uri = (rkey: string) => `at://${carol.did}/${COLLECTIONS.entry}/${rkey}`;
    const times = ["2026-02-03T04:05:06.5Z", "2026-02-03T05:05:07+01:00", "2026-02-03T04:05:06.123456+00:00"];
    for (const [i, createdAt] of times.entries()) {
      await createRecord(carol, {
        $type: COLLECTIONS.label,
        name: "d",
        version: "1.0.0",
        datasetUri: uri(`3k${i}`),
        createdAt,
      });
    }
    expect(await provider.getLabel("d", "1.0.0")).toMatchObject({ id: uri("3k1") });
    expect(await provider.latestLabel("d")).toMatchObject({ id: uri("3k1") });
    expect(await listed(provider.listLabels())).toHaveLength(1);
    expect(await provider.putLabel({ name: "d", version: "1.0.0", id: uri("3k9") }, { expect: uri("3k1") })).toBe(true);
    expect(await listed(provider.listLabels({ id: uri("3k9") }))).toHaveLength(1);
    expect(await listed(provider.listLabels({ id: uri("3k0") }))).toEqual([]);
    expect(await provider.deleteLabel("d", "1.0.0")).toBe(true);
    expect(await listed(provider.listLabels())).toEqual([]);
  });

  it("tell of a write that was done though its answer was lost", async () => {
    const carol = await network.account();
    let losing = false;
    const session = {
      did: carol.did,
      async fetchHandler(pathname: string, init: RequestInit) {
        const response = await carol.session.fetchHandler(pathname, init);
        if (!losing || !pathname.includes("applyWrites")) return response;
        losing = false;
        throw new TypeError("fetch failed");
      },
    };
    const { provider } = network.open({ session });
    const losingAnswer = async <T>(write: () => Promise<T>): Promise<T> => {
      losing = true;
      const result = await write();
      expect(losing).toBe(false);
      return result;
    };
    const { id } = await losingAnswer(() => provider.putEntry(entry(carol.did, "d")));
    expect(await listed(provider.listEntries())).toMatchObject([{ id }]);
    expect(await losingAnswer(() => provider.putLabel({ name: "d", version: "", id }, { expect: null }))).toBe(true);
    expect(await listed(provider.listLabels())).toMatchObject([{ id }]);
    const schema = { name: "Digit", version: "1.0.0", json: schemaToLocal(Digit, { version: "1.0.0" }) };
    expect(await losingAnswer(() => provider.createSchema(schema))).toMatchObject({ created: true });
    expect(await provider.createSchema(schema)).toMatchObject({ created: false });
    const put = () => provider.putLabelled?.(entry(carol.did, "e"), { name: "e", version: "" }, { expect: null });
    expect(await losingAnswer(async () => put())).toMatchObject({ name: "e" });
    expect(await losingAnswer(() => provider.deleteLabel("d", ""))).toBe(true);
    expect(await losingAnswer(() => provider.deleteEntry(id))).toBe(true);
    expect(await provider.deleteEntry(id)).toBe(false);
    expect(await listed(provider.listEntries())).toMatchObject([{ name: "e" }]);
  }, 60_000);
});

describe("entries of somebody else", () => {
  const servers: Server[] = [];

  afterAll(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });

  /** Serves a shard with two samples on loopback. */
  async function shardOnLoopback(): Promise<string> {
    const store = memoryStore();
    const names = { dataset: "d", single: "d.mem", numbered: () => "d.mem" };
    await writeSamples({ type: Digit, store, format: memoryFormat(), names }, [{ label: 7 }, { label: 1 }]);
    const server = createServer((_, response) => response.end(store.files.get("d.mem")));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/d.mem`;
  }

  it("name no commands and no files, and hide no others", async () => {
    const mallory = await network.account();
    const good = await network.open({ session: mallory.session }).provider.putEntry(entry(mallory.did, "good"));
    const index = indexOf(network.open({ session: bob.session }));
    for (const [i, url] of ["pipe:cat /etc/passwd", "file:///etc/passwd"].entries()) {
      const uri = await createRecord(mallory, {
        $type: COLLECTIONS.entry,
        ...{ name: `bad${i}`, schemaRef: good.schemaRef, createdAt: "2026-02-03T04:05:06Z" },
        storage: {
          $type: "science.alt.dataset.storageHttp",
          shards: [{ url, checksum: { algorithm: "none", digest: "" } }],
        },
      });
      for (const ref of [uri, `@${mallory.handle}/bad${i}`]) {
        expect(await failure(index.load(ref, { type: Digit }))).toMatchObject({ code: "URL_REFUSED", fields: { uri } });
      }
    }
    expect(await listed(index.list({ repo: mallory.handle }))).toMatchObject([{ id: good.id }]);
    expect(await failure(index.get(good.schemaRef))).toMatchObject({ code: "RECORD_TYPE" });
  });

  it("lead to no address of this machine, unless its host is allowed", async () => {
    const mallory = await network.account();
    const url = await shardOnLoopback();
    const { host } = new URL(url);
    const publisher = network.open({ session: mallory.session, allowHosts: [host] });
    await indexOf(publisher).publishSchema(Digit, { repo: "me", version: "1.0.0" });
    const given = { ...entry(mallory.did, "d"), dataUrls: [url] };
    const { id } = await publisher.provider.putEntry(given);
    const careful = network.open({ session: mallory.session });
    expect(await failure(careful.provider.putEntry(given))).toMatchObject({ code: "URL_PRIVATE" });
    const open = (allowHosts: readonly string[]) =>
      indexOf(nodeAtmosphere({ ...network.options, home: "unused", allowHosts })).load(id);
    expect(await failure((await open([])).head(2))).toMatchObject({ code: "URL_REFUSED" });
    expect(await failure((await open(["127.0.0.1:1"])).head(2))).toMatchObject({ code: "URL_REFUSED" });
    expect(await (await open([host])).head(2)).toEqual([{ label: 7 }, { label: 1 }]);
  });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createIndex, int, memoryFormat, sample } from "@atdata/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareWrite } from "../src/client/prepared-write.ts";
import type { RepoWriter } from "../src/client/repo-client.ts";
import { type Atmosphere, makeTid, staticResolver, type TrustLink, verifyEntry } from "../src/index.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { atmosphere as nodeAtmosphere } from "../src/node/index.ts";
import { type LoggedIn, type Network, startNetwork } from "./network-fixture.ts";
import { broken, inJson, lying, unknown } from "./trust-fixture.ts";

const Point = sample("Point", { x: int() });
const SHARDS = [new Uint8Array(300_000).fill(7), new Uint8Array(1000).fill(9)];
const GET = "/xrpc/com.atproto.repo.getRecord";

let network: Network;
let alice: LoggedIn;
let bob: LoggedIn;
let own: RepoWriter;
let schemaRef: string;
let entry: string;
let anonymous: Atmosphere;

/** Puts a record as anybody may write one. */
async function put(collection: string, value: Record<string, unknown>, repo = own): Promise<string> {
  const rkey = makeTid();
  const record = { $type: collection, createdAt: "2026-02-03T04:05:06.123456+00:00", ...value };
  await repo.transact(() => ({
    writes: [{ action: "create", collection, rkey, value: record }],
    result: () => undefined,
  }));
  return `at://${repo.identity.did}/${collection}/${rkey}`;
}

function putEntry(storage: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<string> {
  return put(COLLECTIONS.entry, { name: "points", schemaRef, storage, ...more });
}

function http(url: string): Record<string, unknown> {
  const checksum = { algorithm: "none", digest: "" };
  return { $type: "science.alt.dataset.storageHttp", shards: [{ url, checksum }] };
}

async function blobs(digest?: string): Promise<Record<string, unknown>> {
  const uploaded = await Promise.all(SHARDS.map((bytes) => own.uploadBlob(bytes, "application/x-tar")));
  const checksum = digest !== undefined && { checksum: { algorithm: "sha256", digest } };
  return { $type: "science.alt.dataset.storageBlobs", blobs: uploaded.map((blob) => ({ blob, ...checksum })) };
}

beforeAll(async () => {
  network = await startNetwork();
  alice = await network.account("alice");
  bob = await network.account("bob", network.net.pds[1]);
  const hers = network.open({ session: alice.session });
  own = hers.own as RepoWriter;
  const index = createIndex({ repos: { me: hers }, formats: [memoryFormat()] });
  schemaRef = (await index.publishSchema(Point, { repo: "me" })).held.ref;
  entry = await putEntry(await blobs());
  anonymous = network.open();
}, 60_000);

afterAll(async () => {
  await network?.[Symbol.asyncDispose]();
});

describe("the chain from an account to the samples of a dataset", () => {
  it("holds, for its handle and for its DID, and is told link by link", async () => {
    const told: TrustLink[] = [];
    const report = await verifyEntry(entry, { atmosphere: anonymous, onLink: (link) => told.push(link) });
    expect(report).toMatchObject({ ok: true, uri: entry });
    expect(told).toEqual(report.links);
    expect(told.map(({ link, ok }) => [link, ok])).toEqual([
      ["identity", true],
      ["record", true],
      ["signature", true],
      ["schema", true],
      ["shard", true],
      ["manifest", undefined],
      ["shard", true],
      ["manifest", undefined],
    ]);
    expect(told[0]?.what).toContain(`@${alice.handle}`);
    const byHandle = await verifyEntry(entry.replace(alice.did, alice.handle), { atmosphere: anonymous });
    expect(byHandle.links).toEqual(report.links);
  });

  it("holds on the own repository too, and for a schema of another account", async () => {
    const theirs = network.open({ session: bob.session });
    const foreign = await put(
      COLLECTIONS.entry,
      { name: "points", schemaRef, storage: http("https://data.example/a.tar") },
      theirs.own,
    );
    const fetch = async (): Promise<Response> => new Response("shard", { headers: { "content-length": "5" } });
    const report = await verifyEntry(foreign, { atmosphere: network.open({ foreignFetch: fetch }) });
    expect([broken(report), unknown(report)]).toEqual([[], ["shard", "manifest"]]);
    expect(report.links.find(({ link }) => link === "schema")?.what).toContain(alice.did);
    expect(await verifyEntry(entry, { atmosphere: network.open({ session: alice.session }) })).toMatchObject({
      ok: true,
    });
  });

  it("is not followed for what is no entry", async () => {
    const verify = (uri: string) => verifyEntry(uri, { atmosphere: anonymous });
    await expect(verify("at://x")).rejects.toMatchObject({ code: "REF_INVALID" });
    await expect(verify(schemaRef)).rejects.toMatchObject({ code: "RECORD_TYPE" });
  });

  it("ends with its signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(verifyEntry(entry, { atmosphere: anonymous, signal })).rejects.toThrow("enough");
  });
});

describe("what was tampered with breaks its own link", () => {
  it("a flipped byte in a blob", async () => {
    const fetch = lying((path, body) => {
      if (path.endsWith("sync.getBlob") && body.length > 1000) body[150_000] = 8;
      return body;
    });
    const report = await verifyEntry(entry, { atmosphere: network.open({ fetch }) });
    expect([report.ok, report.code, broken(report)]).toEqual([false, "BLOB_MISMATCH", ["shard BLOB_MISMATCH"]]);
    expect(report.links.filter(({ link }) => link === "shard").map(({ ok }) => ok)).toEqual([false, true]);
  });

  it("a record that does not match its CID: loading refuses it, and the rest of the chain is that of what was signed", async () => {
    const renamed = inJson((json) => ({ ...json, value: { ...(json.value as object), name: "others" } }));
    const fetch = lying((path, body) => (path === GET ? renamed(body) : body));
    const atmosphere = network.open({ fetch });
    const report = await verifyEntry(entry, { atmosphere });
    expect(broken(report)).toEqual(["record RECORD_MISMATCH", "schema RECORD_MISMATCH"]);
    const index = createIndex({ repos: { web: atmosphere }, formats: [memoryFormat()] });
    await expect(index.get(entry)).rejects.toMatchObject({ code: "RECORD_MISMATCH" });
  });

  it("a record that matches its CID, and that the account has not signed", async () => {
    const [, collection = "", rkey = ""] = /([^/]+)\/([^/]+)$/.exec(entry) ?? [];
    const before = await own.get(collection, rkey);
    const value = { ...before?.value, name: "others" };
    const { record } = await prepareWrite(alice.did, { action: "create", collection, rkey, value });
    const replaced = inJson((json) => (json.uri === entry ? { ...json, cid: record?.cid, value } : json));
    const fetch = lying((path, body) => (path === GET ? replaced(body) : body));
    const report = await verifyEntry(entry, { atmosphere: network.open({ fetch }) });
    expect(broken(report)).toEqual(["signature SIGNATURE_INVALID"]);
  });

  it("a proof with a flipped byte, or by another key than that of the DID document", async () => {
    const flipped = lying((path, body) => {
      if (path.endsWith("sync.getRecord")) body[body.length >> 1] = (body[body.length >> 1] as number) ^ 1;
      return body;
    });
    const both = ["signature SIGNATURE_INVALID", "schema SIGNATURE_INVALID"];
    expect(broken(await verifyEntry(entry, { atmosphere: network.open({ fetch: flipped }) }))).toEqual(both);

    const other = await (await fetch(`${network.net.plcUrl}/${bob.did}`)).json();
    const { verificationMethod } = other as { verificationMethod: { id: string }[] };
    const keys = verificationMethod.map((key) => ({ ...key, id: `${alice.did}#atproto` }));
    const rekeyed = inJson((json) => ({ ...json, verificationMethod: keys }));
    const swapped = lying((path, body) => (path === `/${alice.did}` ? rekeyed(body) : body));
    const report = await verifyEntry(entry, { atmosphere: network.open({ fetch: swapped }) });
    expect(broken(report)).toEqual(both);
    const { what } = report.links.find(({ link }) => link === "signature") as TrustLink;
    expect(what).toBe("the repository is not signed with the key of the DID document");
  });

  it("a handle whose DID document points elsewhere", async () => {
    const resolvers = [staticResolver({ [alice.handle]: bob.did })];
    const atmosphere = network.open({ resolvers });
    const report = await verifyEntry(entry.replace(alice.did, alice.handle), { atmosphere });
    expect(broken(report)).toEqual(["identity HANDLE_MISMATCH"]);
    expect(unknown(report)).toEqual(["record", "signature", "schema", "shard", "manifest"]);
  });

  it("a blob that is not the one of its checksum", async () => {
    const report = await verifyEntry(await putEntry(await blobs("0".repeat(64))), { atmosphere: anonymous });
    expect(broken(report)).toEqual(["shard CHECKSUM_MISMATCH", "shard CHECKSUM_MISMATCH"]);
  });

  it("a url that leads to a process, a file, or this machine", async () => {
    const server = createServer((_, response) => response.end("secret"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      for (const url of ["pipe:cat /etc/passwd", "file:///etc/passwd", "/etc/passwd", `http://${host}/a.tar`]) {
        const uri = await putEntry(http(url));
        const verify = (allowHosts: string[]) => {
          return verifyEntry(uri, { atmosphere: nodeAtmosphere({ ...network.options, allowHosts }) });
        };
        expect([url, broken(await verify([]))]).toEqual([url, ["shard URL_REFUSED"]]);
        const allowed = url.startsWith("http") ? [] : ["shard URL_REFUSED"];
        expect([url, broken(await verify([host]))]).toEqual([url, allowed]);
      }
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("records that are not there, or no datasets", async () => {
    const storage = await blobs();
    const gone = await verifyEntry(`${entry}x`, { atmosphere: anonymous });
    expect([broken(gone), unknown(gone)]).toEqual([
      ["record DATASET_NOT_FOUND"],
      ["signature", "schema", "shard", "manifest"],
    ]);
    const untyped = await putEntry(storage, { schemaRef: `${schemaRef}9` });
    expect(broken(await verifyEntry(untyped, { atmosphere: anonymous }))).toEqual(["schema SCHEMA_NOT_FOUND"]);
    const nameless = await putEntry(storage, { name: 7 });
    expect(broken(await verifyEntry(nameless, { atmosphere: anonymous }))).toEqual(["record RECORD_INVALID"]);
  });
});

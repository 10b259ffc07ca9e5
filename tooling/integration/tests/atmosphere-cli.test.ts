import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { int, sample, str } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type NetworkUser, type NetworkUsers, startNetworkUsers } from "../src/network-users.ts";
import { scratch } from "../src/scratch.ts";

const folder = join(scratch(), "homes");
mkdirSync(folder);

const Point = sample("Point", { id: str(), label: int() });
const points = Array.from({ length: 60 }, (_, i) => ({ id: `n${i}`, label: Math.floor(i / 6) }));
const files = join(folder, "..", "points.tar");

let users: NetworkUsers;
let alice: NetworkUser;
let bob: NetworkUser;
/** What nobody may ever see. */
const secrets: string[] = [];

beforeAll(async () => {
  await writeDataset(Point, points, files, { maxSamples: 10 });
  users = await startNetworkUsers(folder);
  alice = await users.user("alice", 0);
  bob = await users.user("bob", 1);
  secrets.push(alice.password, bob.password);
}, 60_000);

afterAll(async () => {
  await users?.[Symbol.asyncDispose]();
});

function savedTokens({ home }: NetworkUser): { accessJwt: string; refreshJwt: string } {
  const saved = JSON.parse(readFileSync(join(home, "credentials.json"), "utf8"));
  secrets.push(saved.accessJwt, saved.refreshJwt);
  return saved;
}

describe("the command on ATProto", { timeout: 120_000 }, () => {
  it("knows nobody before a login, whatever is asked of @me, and lists all the same", async () => {
    for (const args of [
      ["whoami"],
      ["inspect", "@me/points"],
      ["publish", files, "@me/points"],
      ["write", "@me/points", "--from", files],
      ["schema", "publish", files, "--to", "@me"],
      ["index", "add", "@me/points", "https://example.org/a.tar", "--type", `${files.slice(0, -4)}.dataset.json`],
    ]) {
      const { code, told } = await alice.fails(args);
      expect([args, code]).toEqual([args, "AUTH_REQUIRED"]);
      expect(told).toContain("try: atdata login");
    }
    expect(await alice.json(["index", "list"])).toEqual([]);
    expect(await alice.good(["logout", "--json"])).toBe('{"account":null,"ended":false}\n');
  });

  it("logs in with a password that is piped in, at the PDS that the account has", async () => {
    const { did, handle, password, pds } = alice;
    const facts = { did, handle, pds: pds.url };
    expect(await alice.json(["login", `@${handle}`], { input: `${password}\n` })).toEqual([facts]);
    const file = join(alice.home, "credentials.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    savedTokens(alice);
    expect(await alice.json(["whoami"])).toEqual([{ ...facts, from: file }]);
  });

  it("takes handle and password from the environment, which comes first and is kept nowhere", async () => {
    const env = { ATDATA_HANDLE: bob.handle, ATDATA_PASSWORD: bob.password };
    expect(await alice.json(["whoami"], { env })).toMatchObject([{ did: bob.did, from: "environment" }]);
    expect(await bob.json(["schema", "publish", files, "--to", "@me"], { env })).toMatchObject([{ created: true }]);
    expect(await bob.fails(["whoami"])).toMatchObject({ code: "AUTH_REQUIRED" });
  });

  it("publishes files with manifests, which others find by handle, DID and uri, and query, in every command", async () => {
    const said = ["--tag", "small", "--license", "CC0-1.0", "--description", "sixty points"];
    const [published] = await alice.json(["publish", files, "@me/points@1.0.0", ...said]);
    expect(published).toMatchObject({ ref: "@me/points", samples: 60, shards: 6 });
    const uri = String(published?.id);
    expect(uri).toMatch(`at://${alice.did}/science.alt.dataset.entry/`);
    for (const ref of ["@alice.test/points@1.0", `@${alice.did}/points`, uri, uri.replace(alice.did, alice.handle)]) {
      const [shown] = await bob.json(["index", "show", ref]);
      expect(shown).toMatchObject({
        id: uri,
        samples: 60,
        tags: ["small"],
        license: "CC0-1.0",
        description: "sixty points",
      });
      expect(await bob.json(["preview", ref, "-n", "1"])).toEqual([{ key: "000000000", sample: points[0] }]);
      const [plan] = await bob.json(["query", ref, "label = 7", "--plan"]);
      expect(plan).toMatchObject({ strategy: "index", pruned: 5 });
    }
    const ref = "@alice.test/points@1.0.0";
    expect(await bob.json(["inspect", ref])).toMatchObject([
      { samples: 60, schema: { name: "Point", version: "1.0.0" } },
    ]);
    expect(await bob.json(["describe", ref])).toMatchObject([
      { samples: 60, statistics: { label: { min: 0, max: 9 } } },
    ]);
    expect(await bob.json(["query", ref, "label = 7", "--count"])).toEqual([{ samples: 6 }]);
    expect(await bob.json(["export", ref, join(bob.home, "points.parquet")])).toMatchObject([{ rows: 60 }]);
    expect(await bob.json(["index", "list", "--repo", "@alice.test"])).toMatchObject([{ ref: "@alice.test/points" }]);
    expect(await bob.json(["schema", "list", "--repo", "alice.test"])).toMatchObject([{ name: "Point" }]);
    expect(await bob.good(["schema", "codegen", "atdata://alice.test/schema/Point"])).toContain("interface Point");
    expect(await bob.json(["copy", ref, "@local/points@1.0.0"])).toMatchObject([{ samples: 60, shards: 6 }]);
    expect(await bob.json(["preview", "@local/points", "-n", "1"])).toHaveLength(1);
    const [{ shards } = { shards: [] }] = await bob.json<{ shards: { url: string }[] }>(["index", "show", ref]);
    expect(await bob.json(["inspect", String(shards[5]?.url)])).toMatchObject([{ samples: 10 }]);
  });

  it("promotes what is in an index, says other things of it, and names shards where everybody finds them", async () => {
    await alice.good(["write", "@local/mine@1.2.0", "--from", files, "--tag", "own"]);
    expect(await alice.json(["promote", "@local/mine@1.2.0"])).toMatchObject([{ ref: "@me/mine", samples: 60 }]);
    expect(await bob.json(["index", "show", "@alice.test/mine@1.2.0"])).toMatchObject([{ tags: ["own"], samples: 60 }]);
    await alice.good(["publish", "@local/mine@1.2.0", "@me/other@1.0.0", "--tag", "said", "--description", "again"]);
    expect(await bob.json(["index", "show", "@alice.test/other"])).toMatchObject([
      { tags: ["said"], description: "again" },
    ]);
    expect(await alice.fails(["promote", "@local/mine@1.2.0"])).toMatchObject({ code: "DATASET_EXISTS" });
    const { code, told } = await alice.fails(["publish", files, "@me/paths", "--reference"]);
    expect([code, told]).toEqual(["URL_PRIVATE", expect.stringContaining("try:")]);
  });

  it("shows the chain from an account to the samples of its dataset, link by link", async () => {
    const [chain] = await bob.json<{ ok: boolean; links: { link: string; ok?: boolean }[] }>([
      ...["verify", "@alice.test/points@1.0.0", "--deep"],
    ]);
    const links = ["identity", "record", "signature", "schema"];
    for (let i = 0; i < 6; i++) links.push("shard", "manifest", "samples");
    expect(chain?.links.map(({ link, ok }) => [link, ok])).toEqual(links.map((link) => [link, true]));
    const text = (await bob.good(["verify", "@alice.test/mine"])).replaceAll(/did:[\w:]+|http:\S+|baf\w{56}/g, "…");
    expect(text.split("\n").slice(0, 2)).toEqual([
      "ok       identity   … is @alice.test, at …",
      "ok       record     it has the CID …",
    ]);
    expect(text.split("\n").at(-2)).toBe("no link is broken");
    const missing = await bob.run(["verify", `at://${alice.handle}/science.alt.dataset.entry/3kznmn7xqxl22`]);
    expect([missing.status, missing.stderr]).toEqual([1, ""]);
    expect(missing.stdout).toMatch(/^ok {7}identity {3}.*\nbroken {3}record .*DATASET_NOT_FOUND/);
    expect(missing.stdout).toMatch(/\nbroken: DATASET_NOT_FOUND\n$/);
  });

  it("finds datasets by what is said of them, and tells of what came since", async () => {
    const found = await bob.json(["search", "SIXTY", "--repo", "@alice.test", "--schema", "Point"]);
    expect(found).toMatchObject([{ ref: "@alice.test/points", tags: ["small"] }]);
    expect(await alice.json(["search", "--tag", "own"])).toMatchObject([{ ref: "@local/mine" }, { ref: "@me/mine" }]);
    const args = ["watch", alice.pds.url, "--since", "2026-01-01", "--kind", "entry"];
    const lines = await bob.until([...args, "--json"], 2);
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ kind: "entry", action: "create", did: alice.did, record: { name: "points" } });
    expect(await bob.until(["watch", alice.pds.url, "--cursor", first.cursor, "--kind", "entry"], 1)).toEqual([
      `${second.time}  create  entry         ${second.uri}  mine`,
    ]);
    expect(await bob.fails(["watch", alice.pds.url, "--cursor", "none"])).toMatchObject({ code: "CURSOR_INVALID" });
  });

  it("asks an AppView where there is one, and tells of a dataset as it is in its own repository", async () => {
    const [{ id: uri } = { id: "" }] = await bob.json<{ id: string }>(["index", "show", "@alice.test/points"]);
    const query = new URLSearchParams({
      repo: alice.did,
      collection: uri.split("/")[3] ?? "",
      rkey: uri.split("/")[4] ?? "",
    });
    const answer = await fetch(`${alice.pds.url}/xrpc/com.atproto.repo.getRecord?${query}`);
    const { cid, value } = (await answer.json()) as { cid: string; value: Record<string, unknown> };
    const { $type: _, metadata: __, manifests: ___, ...view } = value;
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.url));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ entries: [{ uri, cid, did: alice.did, ...view }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
    });
    const env = { ATDATA_APPVIEW: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    expect(await bob.json(["search", "sixty", "points"], { env })).toMatchObject([
      { ref: "@alice.test/points", id: uri, samples: 60, tags: ["small"] },
    ]);
    expect(asked).toEqual([expect.stringMatching(/searchDatasets\?.*q=sixty/)]);
    expect(await bob.fails(["search", "x"], { env: { ATDATA_APPVIEW: "http://127.0.0.1:1" } })).toMatchObject({
      code: "APPVIEW_FAILED",
    });
  });

  it("publishes declared lenses, which others list and try", async () => {
    const lens = {
      format: "atdata.lens/1",
      name: "point-to-label",
      source: { name: "Point", version: "1.0.0" },
      view: { name: "Label", version: "1.0.0" },
      fields: { number: { from: "label" } },
    };
    const path = join(folder, "..", "label.lens.json");
    writeFileSync(path, JSON.stringify(lens));
    expect(await alice.fails(["lens", "publish", path])).toMatchObject({ code: "SCHEMA_NOT_FOUND" });
    const type = { $schema: "http://json-schema.org/draft-07/schema#", type: "object", title: "Label" };
    const properties = { number: { type: "integer" } };
    const schema = join(folder, "..", "label.schema.json");
    writeFileSync(schema, JSON.stringify({ ...type, properties, required: ["number"] }));
    await alice.good(["schema", "publish", schema, "--to", "@me", "--as", "1.0.0"]);
    const ref = "@me/point-to-label@1.0.0";
    expect(await alice.json(["lens", "publish", path])).toMatchObject([{ ref, created: true }]);
    expect(await alice.json(["lens", "publish", path])).toMatchObject([{ ref, created: false }]);
    expect(await bob.json(["lens", "list", "--repo", "@alice.test"])).toMatchObject([
      { ref: "@alice.test/point-to-label@1.0.0", is: "declared" },
    ]);
    const checked = await bob.json(["lens", "check", "@alice.test/point-to-label", "@alice.test/points"]);
    expect(checked).toMatchObject([{ ok: true, laws: { getPut: { holds: true, tried: 60 } } }]);
  });

  it("says in public that a lens obeys its laws, which others are told with whether it holds", async () => {
    const lens = "@alice.test/point-to-label";
    const env = { ATDATA_HANDLE: bob.handle, ATDATA_PASSWORD: bob.password };
    expect(await bob.fails(["lens", "verify", lens, "@alice.test/points"])).toMatchObject({ code: "AUTH_REQUIRED" });
    const [said] = await bob.json(["lens", "verify", lens, "@alice.test/points", "-n", "20"], { env });
    expect(said).toMatchObject({ method: "automatedTest", description: expect.stringContaining("20 samples") });
    expect(await alice.json(["lens", "verify", "@me/point-to-label@1.0.0", "--by", "@bob.two.test"])).toMatchObject([
      { uri: said?.uri, verifier: bob.did, method: "automatedTest", ok: true },
    ]);
    expect(await alice.good(["lens", "verify", lens, "--by", bob.did])).toBe(
      `holds  ${bob.did}  automatedTest  it is of this version of the lens, and has its hash\n`,
    );
    expect(await alice.json(["lens", "verify", lens])).toEqual([]);
    const { code, told } = await bob.fails(["lens", "verify", `${lens}@2.0.0`]);
    expect([code, told]).toEqual(["LENS_UNKNOWN", expect.stringContaining("try: @alice.test/point-to-label@1.0.0")]);
  });

  it("tells what is wrong by its code", async () => {
    expect(await bob.fails(["login", "bob.two.test"], { input: "wrong\n" })).toMatchObject({ code: "AUTH_FAILED" });
    expect(await bob.fails(["login", "bob.two.test"])).toMatchObject({ code: "AUTH_REQUIRED" });
    expect(await bob.fails(["login", "nobody.test"], { input: "x\n" })).toMatchObject({ code: "HANDLE_NOT_FOUND" });
    expect(await bob.fails(["inspect", "@nobody.test/points"])).toMatchObject({ code: "HANDLE_NOT_FOUND" });
    expect(await bob.fails(["inspect", "@alice.test/nothing"])).toMatchObject({ code: "DATASET_NOT_FOUND" });
    const schema = `at://${alice.did}/science.alt.dataset.schema/Point:1.0.0`;
    expect(await bob.fails(["inspect", schema])).toMatchObject({ code: "RECORD_TYPE" });
    expect(await alice.fails(["copy", "@me/points", "@bob.two.test/points"])).toMatchObject({
      code: expect.stringMatching(/ACCESS_DENIED|UNSUPPORTED/),
    });
    const big = join(folder, "..", "big.jsonl");
    writeFileSync(big, `${JSON.stringify({ text: "x".repeat(6 << 20) })}\n`);
    await alice.good(["write", join(folder, "..", "big.tar"), "--from", big]);
    const large = await alice.fails(["publish", join(folder, "..", "big.tar"), "@me/big"]);
    expect([large.code, large.told]).toEqual(["SAMPLE_TOO_LARGE", expect.stringContaining("max=5242880")]);
    const scored = join(folder, "..", "scored.tar");
    await writeDataset(Point, points, scored, { metadata: { run: { score: 0.5 } } });
    const float = await alice.fails(["publish", scored, "@me/scored"]);
    expect([float.code, float.told]).toEqual(["RECORD_INVALID", expect.stringContaining("run.score")]);
    expect(await alice.json(["index", "list", "--repo", "me", "--name", "scored"])).toEqual([]);
  });

  it("tells of a session that has ended, and of a file of sessions that is damaged", async () => {
    const carol = await users.user("carol", 0);
    secrets.push(carol.password);
    await carol.good(["login", carol.handle], { input: carol.password });
    const file = join(carol.home, "credentials.json");
    copyFileSync(file, join(carol.home, "..", "..", "kept.json"));
    const saved = savedTokens(carol);
    writeFileSync(file, JSON.stringify({ ...saved, accessJwt: "a.sentinel.b", refreshJwt: "c.sentinel.d" }));
    secrets.push("sentinel");
    const publish = ["schema", "publish", files, "--to", "@me"];
    for (const args of [["whoami"], publish]) {
      const { code, told } = await carol.fails(args);
      expect([args, code]).toEqual([args, "AUTH_EXPIRED"]);
      expect(told).toContain("log");
    }
    expect(await carol.json(["index", "list", "--repo", "@alice.test"])).not.toEqual([]);
    writeFileSync(file, "sentinel");
    expect(await carol.fails(["index", "list"])).toMatchObject({ code: "FORMAT_INVALID" });
    await carol.good(["logout"]);
    expect(await carol.fails(["whoami"])).toMatchObject({ code: "AUTH_REQUIRED" });
  });

  it("ends a session at the PDS and forgets it", async () => {
    const saved = savedTokens(alice);
    expect(users.filesWith(secrets)).toEqual([join(alice.home, "credentials.json")]);
    expect(await alice.json(["logout"])).toEqual([{ account: alice.did, ended: true }]);
    expect(await alice.fails(["whoami"])).toMatchObject({ code: "AUTH_REQUIRED" });
    const again = await fetch(`${alice.pds.url}/xrpc/com.atproto.server.refreshSession`, {
      method: "POST",
      headers: { authorization: `Bearer ${saved.refreshJwt}` },
    });
    expect(again.ok).toBe(false);
  });

  it("has written no password and no token anywhere", () => {
    expect(secrets.length).toBeGreaterThan(8);
    for (const text of users.printed) for (const secret of secrets) expect(text.includes(secret)).toBe(false);
    expect(users.filesWith(secrets)).toEqual([]);
  });
});

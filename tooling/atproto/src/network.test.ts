import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AtpAgent } from "@atproto/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faulty, internalError, startTestNetwork, type TestAccount, type TestNetwork, tooMany } from "./index.ts";
import { startService } from "./service-process.ts";

const index = new URL("./index.ts", import.meta.url).href;
let folder: string;
let network: TestNetwork;
let alice: TestAccount;

/** Processes and files that networks in this folder have. */
async function leftOver(folder: string): Promise<string[]> {
  const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return [...stdout.split("\n").filter((line) => line.includes(folder)), ...(await readdir(folder))];
}

async function login({ handle, password, pds }: TestAccount): Promise<AtpAgent> {
  const agent = new AtpAgent({ service: pds.url });
  await agent.login({ identifier: handle, password });
  return agent;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atdata-network-test-"));
  process.env.TMPDIR = folder;
  network = await startTestNetwork();
  alice = await network.createAccount(network.pds[0], "alice");
}, 150_000);
afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("a test network", () => {
  it("has accounts on both PDSes, with DIDs in the directory", async () => {
    const { pds, plcUrl } = network;
    const bob = await network.createAccount(pds[1], "bob");
    expect([alice.handle, bob.handle]).toEqual(["alice.test", "bob.two.test"]);
    for (const account of [alice, bob]) {
      expect(await network.resolveHandle(account.handle)).toBe(account.did);
      const response = await fetch(`${plcUrl}/${account.did}`);
      expect(await response.json()).toMatchObject({
        id: account.did,
        alsoKnownAs: [`at://${account.handle}`],
        service: [{ id: "#atproto_pds", serviceEndpoint: account.pds.url }],
      });
    }
    expect(await network.resolveHandle("nobody.test")).toBeUndefined();
    await expect(network.createAccount(pds[0], "alice")).rejects.toThrow(/no account alice.test: 400 .*taken/);
  });

  it("keeps records and accounts while a PDS is stopped", async () => {
    const [pds] = network.pds;
    const { did: repo } = alice;
    const key = { repo, collection: "science.example.note", rkey: "one" };
    const agent = await login(alice);
    const { data } = await agent.com.atproto.repo.putRecord({ ...key, record: { text: "stays" } });
    await pds.stop();
    await expect(fetch(pds.url)).rejects.toThrow("fetch failed");
    await pds.start();
    const again = await login(alice);
    const { data: found } = await again.com.atproto.repo.getRecord(key);
    expect(found).toMatchObject({ cid: data.cid, value: { text: "stays" } });
  }, 150_000);

  it("lets chosen requests to a PDS go wrong, and counts them", async () => {
    await using proxy = await faulty(network.pds[0]);
    const method = "com.atproto.repo.describeRepo";
    const path = `/xrpc/${method}?repo=${alice.did}`;
    proxy.fail(method, 2, tooMany(3));
    proxy.fail(method, 3, internalError);
    proxy.fail(method, 4, { dropAfter: 20 });
    expect(await (await fetch(proxy.url + path)).json()).toMatchObject({ handle: "alice.test" });
    const limited = await proxy.fetch(alice.pds.url + path);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    expect((await proxy.fetch(new Request(alice.pds.url + path))).status).toBe(500);
    const dropped = await proxy.fetch(alice.pds.url + path);
    await expect(dropped.text()).rejects.toThrow("terminated");
    expect((await proxy.fetch(alice.pds.url + path)).status).toBe(200);
    expect((await proxy.fetch(`${network.plcUrl}/${alice.did}`)).status).toBe(200);
    expect([proxy.count(method), proxy.count("com.atproto.sync.getBlob")]).toEqual([5, 0]);
  });

  it("leaves nothing when it is disposed of", async () => {
    const others = await leftOver(folder);
    expect(others).toHaveLength(4);
    const another = await startTestNetwork();
    expect(await leftOver(folder)).toHaveLength(8);
    await another[Symbol.asyncDispose]();
    expect(await leftOver(folder)).toEqual(others);
  }, 150_000);

  it.each<[string, "early" | "late" | "never"]>([
    ["ends with nothing more to do", "never"],
    ["is killed", "late"],
    ["is killed before the network is up", "early"],
  ])(
    "leaves nothing when the process %s",
    async (_, killed) => {
      const own = await mkdtemp(join(folder, "own-"));
      const script = `const { startTestNetwork } = await import(${JSON.stringify(index)});
      await startTestNetwork();
      console.log("up");
      ${killed === "late" ? "setInterval(() => {}, 1000);" : ""}`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        env: { ...process.env, TMPDIR: own },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(child, "exit");
      if (killed === "early") while ((await leftOver(own)).length < 3) await sleep(5);
      else expect(String((await once(child.stdout, "data"))[0])).toBe("up\n");
      if (killed !== "never") child.kill("SIGKILL");
      expect(await ended).toEqual(killed === "never" ? [0, null] : [null, "SIGKILL"]);
      for (let left = 400; left > 0 && (await leftOver(own)).length > 0; left--) await sleep(100);
      expect(await leftOver(own)).toEqual([]);
      await rm(own, { recursive: true });
    },
    150_000,
  );

  it("tells why a process did not start", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as { port: number };
    const starting = startService("plc", { port, folder: join(folder, "none") });
    await expect(starting).rejects.toThrow(
      /plc process did not start: it ended with code 1; its output:\n.*EADDRINUSE/s,
    );
    blocker.close();
  }, 150_000);
});

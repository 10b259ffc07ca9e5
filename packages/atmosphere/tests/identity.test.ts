import { startTestNetwork, type TestAccount, type TestNetwork } from "@atdata/tooling-atproto";
import { AtpAgent } from "@atproto/api";
import { parseDidKey } from "@atproto/crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HandleResolver, identityResolver, serviceResolver, staticResolver } from "../src/index.ts";

let network: TestNetwork;
let alice: TestAccount;
let bob: TestAccount;
let ways: HandleResolver[];

beforeAll(async () => {
  network = await startTestNetwork();
  const [first, second] = network.pds;
  alice = await network.createAccount(first, "alice");
  bob = await network.createAccount(second, "bob");
  ways = [{ name: "network", resolve: network.resolveHandle }];
}, 150_000);
afterAll(() => network[Symbol.asyncDispose]());

describe("accounts of a real network", () => {
  it("are found by handle and by DID, each at its own PDS", async () => {
    const { resolve } = identityResolver({ resolvers: ways, plcUrl: network.plcUrl });
    for (const { did, handle, pds } of [alice, bob]) {
      const identity = await resolve(handle);
      expect(identity).toEqual({ did, handle, pds: pds.url, signingKey: expect.stringMatching(/^did:key:zQ3s/) });
      expect(parseDidKey(identity.signingKey ?? "").jwtAlg).toBe("ES256K");
      expect(await resolve(did, { fresh: true })).toEqual(identity);
    }
  });

  it("are found by asking one PDS after the other", async () => {
    const [first, second] = network.pds;
    const resolvers = [serviceResolver(first.url), serviceResolver(second.url)];
    const { resolve } = identityResolver({ resolvers, plcUrl: network.plcUrl });
    expect((await resolve("bob.two.test")).did).toBe(bob.did);
    await expect(resolve("nobody.two.test")).rejects.toMatchObject({ code: "HANDLE_NOT_FOUND" });
  });

  it("are not taken for others: the handle of one may be told to lead to another", async () => {
    const lying = staticResolver({ "alice.test": bob.did });
    const { resolve } = identityResolver({ resolvers: [lying], plcUrl: network.plcUrl });
    await expect(resolve("alice.test")).rejects.toMatchObject({ code: "HANDLE_MISMATCH", fields: { did: bob.did } });
    expect((await resolve(alice.did)).handle).toBeUndefined();
  });

  it("have the handle that they have changed to", async () => {
    const carol = await network.createAccount(network.pds[0], "carol");
    const { resolve } = identityResolver({ resolvers: ways, plcUrl: network.plcUrl });
    expect((await resolve(carol.did)).handle).toBe("carol.test");
    const agent = new AtpAgent({ service: carol.pds.url });
    await agent.login({ identifier: carol.handle, password: carol.password });
    await agent.com.atproto.identity.updateHandle({ handle: "caroline.test" });
    expect((await resolve("caroline.test")).did).toBe(carol.did);
    expect((await resolve(carol.did, { fresh: true })).handle).toBe("caroline.test");
    await expect(resolve("carol.test")).rejects.toMatchObject({ code: "HANDLE_NOT_FOUND" });
  });

  it("that nobody has made are not found", async () => {
    const { resolve } = identityResolver({ resolvers: ways, plcUrl: network.plcUrl });
    const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    await expect(resolve(did)).rejects.toMatchObject({ code: "DID_NOT_FOUND", fields: { did } });
    await expect(resolve("nobody.test")).rejects.toMatchObject({ code: "HANDLE_NOT_FOUND" });
  });
});

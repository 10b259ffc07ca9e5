import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isAtdataError } from "@atdata/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { httpsResolver } from "./https-resolver.ts";
import type { HandleResolver } from "./identity.ts";
import { identityResolver } from "./identity-resolver.ts";
import { serviceResolver } from "./service-resolver.ts";
import { staticResolver } from "./static-resolver.ts";

const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const other = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** What each url of the pretended web answers; all else is 404. */
const web = new Map<string, Answer>();
let asked: string[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = (request.url ?? "").slice(1);
    asked.push(url);
    const answer = web.get(url);
    if (answer === undefined) response.writeHead(404).end("nothing here");
    else answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  web.clear();
  asked = [];
  put(`https://plc.test/${did}`, documentOf(did, "alice.test"));
});

/** Sends all requests to the server, which has the url as its path. */
const toServer: typeof fetch = (input, init) => {
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}/${input instanceof Request ? input.url : input}`, init);
};

function put(url: string, body: string | object, status = 200): void {
  web.set(url, (response) => response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)));
}

function documentOf(id: string, handle: string, pds = "https://pds.test"): object {
  const service = [{ id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: pds }];
  return { id, alsoKnownAs: [`at://${handle}`], service };
}

function resolver(...resolvers: HandleResolver[]): ReturnType<typeof identityResolver> {
  return identityResolver({ resolvers, plcUrl: "https://plc.test/", fetch: toServer });
}

async function failure(promise: Promise<unknown>): Promise<object> {
  const error: unknown = await promise.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  if (!isAtdataError(error)) throw error;
  return { code: error.code, ...error.fields, ...(error.hint !== undefined && { hint: error.hint }) };
}

const alice = staticResolver({ "alice.test": did });
const failing: HandleResolver = {
  name: "failing",
  resolve: async () => {
    throw new Error("out of order");
  },
};

describe("an account", () => {
  const identity = { did, handle: "alice.test", pds: "https://pds.test", signingKey: undefined };

  it("is found by its handle, in any case, and by its DID", async () => {
    const { resolve } = resolver(alice);
    expect(await resolve("Alice.TEST")).toEqual(identity);
    expect(await resolve(did)).toEqual(identity);
    expect(asked).toEqual([`https://plc.test/${did}`]);
    expect(await resolver(alice).resolve(did)).toEqual(identity);
  });

  it("is remembered, unless it is asked for afresh", async () => {
    const { resolve } = resolver(alice);
    await resolve(did);
    put(`https://plc.test/${did}`, documentOf(did, "alice.test", "https://moved.test"));
    expect((await resolve(did)).pds).toBe("https://pds.test");
    expect((await resolve(did, { fresh: true })).pds).toBe("https://moved.test");
    expect((await resolve(did)).pds).toBe("https://moved.test");
    expect(asked).toHaveLength(2);
  });

  it("has no handle that does not lead back to it", async () => {
    const without = { ...identity, handle: undefined };
    for (const way of [staticResolver({}), staticResolver({ "alice.test": other }), failing]) {
      expect(await resolver(way).resolve(did)).toEqual(without);
    }
    put(`https://plc.test/${did}`, documentOf(did, "handle.invalid"));
    expect(await resolver(alice).resolve(did)).toEqual(without);
  });

  it("is not found by a handle that it does not name", async () => {
    const mallory = staticResolver({ "mallory.test": did });
    expect(await failure(resolver(mallory).resolve("mallory.test"))).toEqual({
      code: "HANDLE_MISMATCH",
      handle: "mallory.test",
      did,
      hint: "it names @alice.test",
    });
  });

  it("of did:web has its document on its host", async () => {
    const ofHost = "did:web:data.test%3A8443";
    put("https://data.test:8443/.well-known/did.json", documentOf(ofHost, "alice.test"));
    expect(await resolver().resolve(ofHost)).toEqual({ ...identity, did: ofHost, handle: undefined });
    put("http://localhost:123/.well-known/did.json", documentOf("did:web:localhost%3A123", "alice.test"));
    expect((await resolver().resolve("did:web:localhost%3A123")).pds).toBe("https://pds.test");
    const code = "DID_INVALID";
    web.set("https://evil.test/.well-known/did.json", (response) => {
      response.writeHead(302, { location: "/https://elsewhere.test/" }).end();
    });
    put("https://elsewhere.test/", documentOf("did:web:evil.test", "alice.test"));
    expect(await failure(resolver().resolve("did:web:evil.test"))).toMatchObject({ code: "NETWORK_ERROR" });
    for (const wrong of [
      "did:web:a.test:alice",
      "did:web:a.test%2Fx",
      "did:web:me%40a.test",
      "did:web:",
      "did:web:..",
      "did:web:10.0.0.1",
      "did:web:metadata.google.internal",
      "did:web:a.test%3A99999",
    ]) {
      expect(await failure(resolver().resolve(wrong))).toMatchObject({ code, did: wrong });
    }
  });

  it.each(["did:plc:short", "did:plc:AAAAAAAAAAAAAAAAAAAAAAAA", `${did}/../x`, "did:key:zQ3sh", "did:"])(
    "is not asked for as %s",
    async (wrong) => {
      expect(await failure(resolver().resolve(wrong))).toMatchObject({ code: "DID_INVALID", did: wrong });
      expect(asked).toEqual([]);
    },
  );

  it("has a document that is there, its own and not too large", async () => {
    const code = "DID_INVALID";
    expect(await failure(resolver().resolve(other))).toMatchObject({ code: "DID_NOT_FOUND", did: other });
    put(`https://plc.test/${other}`, documentOf(other, "alice.test"), 403);
    expect(await failure(resolver().resolve(other))).toMatchObject({ code: "DID_NOT_FOUND", did: other });
    put(`https://plc.test/${other}`, "gone", 410);
    expect(await failure(resolver().resolve(other))).toMatchObject({ code: "DID_NOT_FOUND", did: other });
    put(`https://plc.test/${other}`, documentOf(did, "alice.test"));
    expect(await failure(resolver().resolve(other))).toEqual({ code, did: other });
    put(`https://plc.test/${other}`, { ...documentOf(other, "alice.test"), more: "x".repeat(300_000) });
    expect(await failure(resolver().resolve(other))).toEqual({ code, did: other });
    put(`https://plc.test/${other}`, { ...documentOf(other, "alice.test"), more: "x".repeat(200_000) });
    expect((await resolver().resolve(other)).did).toBe(other);
  });

  it("may be found when the directory is in order again", async () => {
    let left = 1;
    const answer = (status: number): void => {
      web.set(`https://plc.test/${other}`, (response) => {
        const body = JSON.stringify(documentOf(other, "alice.test"));
        if (left-- > 0) response.writeHead(status, { "retry-after": "0" }).end();
        else response.end(body);
      });
    };
    answer(429);
    expect((await resolver().resolve(other)).did).toBe(other);
    left = Infinity;
    asked = [];
    answer(503);
    const url = `https://plc.test/${other}`;
    expect(await failure(resolver().resolve(other))).toEqual({ code: "HTTP_ERROR", status: 503, url });
    expect(asked).toHaveLength(3);
    web.set(url, (response) => response.destroy());
    expect(await failure(resolver().resolve(other))).toEqual({ code: "NETWORK_ERROR", attempts: 3, url });
  });

  it("is not waited for after an abort, and its request ends", async () => {
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      web.set(`https://plc.test/${other}`, (_, request) => {
        request.socket.on("close", resolve);
        controller.abort(new Error("enough"));
      });
    });
    await expect(resolver().resolve(other, controller)).rejects.toThrow("enough");
    await closed;
  });
});

describe("a handle", () => {
  it("is looked up in one way after the other", async () => {
    const lying: HandleResolver = { name: "lying", resolve: async () => "not a did" };
    expect((await resolver(failing, staticResolver({}), lying, alice).resolve("alice.test")).did).toBe(did);
    expect(await failure(resolver(failing, staticResolver({}), lying).resolve("alice.test"))).toEqual({
      code: "HANDLE_NOT_FOUND",
      handle: "alice.test",
      hint: "failing failed, static knows none, lying gave something else than a DID",
    });
    expect(await failure(resolver(alice).resolve("alice"))).toMatchObject({
      code: "HANDLE_NOT_FOUND",
      handle: "alice",
    });
    expect(await alice.resolve("constructor")).toBeUndefined();
  });

  it("is told by its host over https, and that is the default", async () => {
    put("https://alice.test/.well-known/atproto-did", `${did}\n`);
    const { resolve } = identityResolver({ plcUrl: "https://plc.test", fetch: toServer });
    expect((await resolve("alice.test")).did).toBe(did);
    const https = httpsResolver({ fetch: toServer });
    for (const [text, status] of [
      ["<html>", 200] as const,
      [did, 404] as const,
      [did + "x".repeat(5000), 200] as const,
    ]) {
      put("https://bob.test/.well-known/atproto-did", text, status);
      expect(await https.resolve("bob.test")).toBeUndefined();
    }
    put("https://bob.test/.well-known/atproto-did", did, 502);
    expect(await failure(https.resolve("bob.test"))).toMatchObject({ code: "HTTP_ERROR", status: 502 });
    asked = [];
    expect(await https.resolve("metadata.google.internal")).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it("is told by a service", async () => {
    const service = serviceResolver("https://pds.test", { fetch: toServer });
    const url = "https://pds.test/xrpc/com.atproto.identity.resolveHandle?handle=alice.test";
    put(url, { did });
    expect(await service.resolve("alice.test")).toBe(did);
    put(url, { error: "InvalidRequest" }, 400);
    expect(await service.resolve("alice.test")).toBeUndefined();
    for (const [body, status] of [["<html>", 200] as const, ["null", 200] as const, ["", 401] as const]) {
      put(url, body, status);
      expect(await failure(service.resolve("alice.test"))).toMatchObject({ code: "HTTP_ERROR", status });
    }
  });
});

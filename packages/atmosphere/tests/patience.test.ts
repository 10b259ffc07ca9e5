import { describe, expect, it } from "vitest";
import { retryingFetch } from "../src/client/retrying-fetch.ts";
import { type XrpcOptions, xrpc } from "../src/client/xrpc.ts";
import { answer, patience } from "./fake-pds.ts";

const METHOD = "com.atproto.repo.getRecord";

type Step = Response | Error;

function steps(...given: readonly Step[]): { readonly fetch: typeof fetch; readonly urls: string[] } {
  const urls: string[] = [];
  return {
    urls,
    fetch: async (input) => {
      const step = given[urls.length] ?? answer({ ok: urls.length });
      urls.push(String(input));
      if (step instanceof Error) throw step;
      return step;
    },
  };
}

function caller(given: ReturnType<typeof steps>, waits: number[] = [], more: Partial<XrpcOptions> = {}) {
  return xrpc({ pds: "https://pds.test", fetch: given.fetch, patience: patience(waits, 1_000_000), ...more });
}

function busy(status: number, headers: Record<string, string> = {}): Response {
  return answer({ error: "Busy", message: "come again" }, status, headers);
}

describe("a call of a PDS", () => {
  it("is made again as often and as late as the server asks", async () => {
    const waits: number[] = [];
    const given = steps(
      busy(429, { "retry-after": "3" }),
      busy(503, { "retry-after": new Date(1_005_000).toUTCString() }),
      busy(429, { "ratelimit-reset": "1007" }),
      busy(500),
      new TypeError("fetch failed"),
    );
    expect(await caller(given, waits).query(METHOD, { a: "b&c", d: 1, e: undefined })).toEqual({ ok: 5 });
    expect(waits).toEqual([3000, 5000, 7000, 800, 1600]);
    expect(new Set(given.urls)).toEqual(new Set([`https://pds.test/xrpc/${METHOD}?a=b%26c&d=1`]));
  });

  it("fails after six attempts, or at once when the server asks for a long wait or says that it is wrong", async () => {
    const broken = steps(
      ...Array.from({ length: 6 }, () => new TypeError("fetch failed", { cause: new Error("refused") })),
    );
    await expect(caller(broken).query(METHOD)).rejects.toMatchObject({
      message: `the connection to the PDS failed; pds=https://pds.test; operation=${METHOD}`,
      cause: { message: "fetch failed: refused" },
    });
    const long = steps(busy(429, { "ratelimit-reset": "4600" }));
    await expect(caller(long).query(METHOD)).rejects.toMatchObject({
      code: "PDS_FAILED",
      fields: { pds: "https://pds.test", operation: METHOD, status: 429, error: "Busy" },
      hint: "wait for 3600 s",
    });
    for (const status of [400, 403, 404, 413, 501]) {
      const given = steps(busy(status));
      await expect(caller(given).query(METHOD)).rejects.toMatchObject({ fields: { status, error: "Busy" } });
      expect(given.urls.length).toBe(1);
    }
  });

  it("is made again when the connection breaks within the answer", async () => {
    const half = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"ok":'));
      },
      pull(controller) {
        controller.error(new TypeError("terminated"));
      },
    });
    expect(await caller(steps(new Response(half))).query(METHOD)).toEqual({ ok: 1 });
  });

  it("ends when nothing comes, and with the signal", async () => {
    const never: typeof fetch = () => new Promise(() => {});
    const short = { ...patience(), timeoutMs: 5, retries: 1 };
    await expect(xrpc({ pds: "https://pds.test", fetch: never, patience: short }).query(METHOD)).rejects.toMatchObject({
      code: "PDS_FAILED",
      clause: "the PDS did not answer in time",
    });
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = caller({ fetch: never, urls: [] }).query(METHOD, {}, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    await expect(call).rejects.toBe(reason);
    await expect(caller(steps()).query(METHOD, {}, { signal: controller.signal })).rejects.toBe(reason);
  });

  it("says that the session has ended only where there is one", async () => {
    const expired = (): Response => answer({ error: "ExpiredToken", message: "Token has expired" }, 400);
    await expect(caller(steps(expired())).query(METHOD)).rejects.toMatchObject({ code: "PDS_FAILED" });
    const account = "alice.test";
    for (const response of [expired(), answer({ error: "AuthMissing" }, 401)]) {
      const call = caller(steps(response), [], { account }).query(METHOD);
      await expect(call).rejects.toMatchObject({ code: "AUTH_EXPIRED", fields: { account } });
    }
  });
});

describe("a fetch that tries again", () => {
  it("gives the last answer or throws the last failure", async () => {
    const { fetch } = steps(busy(500), new TypeError("fetch failed"));
    expect(await (await retryingFetch(fetch, patience())("https://a.test")).json()).toEqual({ ok: 2 });
    const always = retryingFetch(async () => busy(503), patience());
    expect((await always("https://a.test")).status).toBe(503);
    const failure = new TypeError("fetch failed");
    await expect(retryingFetch(() => Promise.reject(failure), patience())("https://a.test")).rejects.toBe(failure);
    const missing = steps(busy(404));
    expect((await retryingFetch(missing.fetch, patience())("https://a.test")).status).toBe(404);
    expect(missing.urls.length).toBe(1);
  });

  it("sends the body of a request again", async () => {
    const bodies: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      bodies.push(await (input as Request).text());
      return busy(bodies.length === 1 ? 500 : 200);
    };
    await retryingFetch(fetch, patience())(new Request("https://a.test", { method: "POST", body: "text" }));
    expect(bodies).toEqual(["text", "text"]);
  });
});

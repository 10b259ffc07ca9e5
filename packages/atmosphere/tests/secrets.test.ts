import { inspect } from "node:util";
import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { repoWriter } from "../src/client/repo-writer.ts";
import { login, type PasswordSession, resumeSession, type SessionData } from "../src/index.ts";
import { answer, patience } from "./fake-pds.ts";

const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const PASSWORD = "sentinel-password";
const data: SessionData = {
  did,
  handle: "alice.test",
  pds: "https://pds.test",
  accessJwt: "sentinel-access",
  refreshJwt: "sentinel-refresh",
};
const SECRETS = [PASSWORD, data.accessJwt, data.refreshJwt];

/** What a server or a fetch can do to show the secrets of a request. */
const BETRAYALS: Record<string, (secret: string, request: unknown) => Response> = {
  "a refusal": (secret) => answer({ error: "InvalidRequest", message: `bad ${secret}` }, 400),
  "a refusal by name": (secret) => answer({ error: secret.replace(/\W+/g, "_"), message: secret }, 400),
  "an expired token": (secret) => answer({ error: "ExpiredToken", message: secret }, 400),
  "no authorization": (secret) => answer({ error: "AuthMissing", message: secret }, 401),
  "a page": (secret) => new Response(secret, { status: 404, statusText: "no" }),
  "no JSON": (secret) => new Response(`{${secret}`, { status: 200 }),
  "a failed connection": (secret, request) => {
    throw Object.assign(new TypeError(`fetch failed for ${secret}`, { cause: new Error(secret) }), { request });
  },
};

async function shown(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => expect.unreachable("nothing was thrown"),
    (error: unknown) => error,
  );
  expect(isAtdataError(error)).toBe(true);
  const texts = [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error), String(error)];
  for (let at = error; at instanceof Error; at = at.cause) texts.push(at.message, at.stack ?? "", JSON.stringify(at));
  return texts.join("\n");
}

function session(betray: (secret: string, request: unknown) => Response): PasswordSession {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const told = `${request.headers.get("authorization")} ${SECRETS.join(" ")} ${await request.text()}`;
    if (request.headers.get("authorization") === null) return answer({ cid: "c", rev: "r" });
    return betray(told, request);
  };
  return resumeSession(data, { fetch });
}

describe("tokens and passwords", () => {
  it.each(Object.entries(BETRAYALS))("are in no error of a call, whatever %s shows", async (_, betray) => {
    const fetch = async (): Promise<Response> => answer({ cid: "c", rev: "r" });
    const opened = session(betray);
    const writer = repoWriter(opened, { did, pds: data.pds }, { fetch, patience: { ...patience(), retries: 1 } });
    const upload = await shown(writer.uploadBlob(new Uint8Array(3), "text/plain"));
    const value = { $type: "science.alt.note" };
    const write = { action: "create", collection: "science.alt.note", rkey: "a", value } as const;
    const applied = await shown(writer.transact(() => ({ writes: [write], result: () => undefined })));
    for (const secret of SECRETS.slice(1)) expect(upload + applied).not.toContain(secret);
  });

  it.each(Object.entries(BETRAYALS).filter(([name]) => name !== "a failed connection"))(
    "are in no error of a login, whatever %s shows",
    async (_, betray) => {
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        return betray(await request.text(), request);
      };
      const text = await shown(login({ identifier: "alice.test", password: PASSWORD, service: data.pds, fetch }));
      expect(text).not.toContain(PASSWORD);
    },
  );

  it("that are JSON Web Tokens are in no error of somebody else's session either", async () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2VudGluZWw";
    const fetchHandler = async (): Promise<Response> => {
      throw new Error(`no connection with Authorization: DPoP sentinel-dpop, or ${jwt}`);
    };
    const fetch = async (): Promise<Response> => answer({ cid: "c", rev: "r" });
    const writer = repoWriter({ did, fetchHandler }, { did, pds: data.pds }, { fetch, patience: patience() });
    const text = await shown(writer.uploadBlob(new Uint8Array(3), "text/plain"));
    expect(text).toContain("no connection");
    expect(text).not.toMatch(/sentinel-dpop|c2VudGluZWw/);
  });

  it("are not in what a session shows of itself, and go nowhere but to its PDS", async () => {
    const opened = resumeSession(data, { fetch: async () => answer({}) });
    const text = inspect(opened, { depth: null, showHidden: true }) + JSON.stringify(opened);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    for (const place of ["https://elsewhere.test/xrpc/a", "//elsewhere.test/xrpc/a", "/other"]) {
      await expect(opened.fetchHandler(place, {})).rejects.toThrow(TypeError);
    }
    expect(opened.data()).toEqual(data);
  });

  it("are in no error of a session that cannot be read", async () => {
    const text = [data.handle, did, data.accessJwt, data.refreshJwt, data.pds].join(":::");
    expect(resumeSession(text).data()).toEqual(data);
    const wrong: unknown[] = [
      text.slice(0, text.lastIndexOf(":::")),
      `${text}:::more`,
      { ...data, did: "alice" },
      { ...data, accessJwt: "sentinel-access\n" },
      { ...data, refreshJwt: undefined },
      { ...data, pds: "ftp://pds.test" },
      { ...data, pds: "https://sentinel-access@pds.test" },
      null,
    ];
    for (const given of wrong) {
      const told = await shown((async () => resumeSession(given as SessionData))());
      expect(told).toContain("FORMAT_INVALID");
      expect(told).not.toContain("sentinel");
    }
  });

  it("that cannot be kept end the call before it is sent", async () => {
    const sent: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { url, headers } = new Request(input, init);
      sent.push(`${new URL(url).pathname.split(".").at(-1)} ${headers.get("authorization")}`);
      if (url.endsWith("refreshSession")) {
        const { did, handle } = data;
        return answer({ did, handle, accessJwt: "new-access", refreshJwt: "new-refresh" });
      }
      if (url.endsWith("getSession")) return answer({ error: "InternalServerError" }, 501);
      return answer({ error: "ExpiredToken" }, 400);
    };
    const onChange = (): void => {
      throw new Error("the disk is full; new-access");
    };
    const opened = resumeSession(data, { fetch, onChange });
    const text = await shown(opened.fetchHandler("/xrpc/com.atproto.repo.applyWrites", { method: "POST" }));
    expect(text).toContain("IO_ERROR");
    expect(text).toContain("the disk is full");
    expect(text).not.toContain("new-access");
    expect(sent).not.toContain("applyWrites Bearer new-access");
  });
});

import { createIndex, fieldLens, type Index, int, memoryFormat, sample, str } from "@atdata/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepoWriter } from "../src/client/repo-client.ts";
import {
  type Atmosphere,
  lensVerifications,
  makeTid,
  type PublishedLens,
  publishVerification,
  readLens,
} from "../src/index.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { type Network, startNetwork } from "./network-fixture.ts";

const Point = sample("Point", { x: int(), name: str() });
const Tag = sample("Tag", { name: str() });
const toTag = fieldLens(Point, Tag, { name: "name" }, { name: "to-tag" });
const points = Array.from({ length: 20 }, (_, x) => ({ x, name: `p${x}` }));
const code = { repository: "https://code.example/r", commit: "a".repeat(40), path: "lenses:get" };

let network: Network;
let hers: Atmosphere;
let theirs: Atmosphere;
let anonymous: Atmosphere;
let index: Index;
let lensUri: string;
let lens: PublishedLens;

const open = (uri: string, more: object = {}): Promise<PublishedLens> =>
  readLens(uri, { atmosphere: anonymous, ...more });
const check = (of: PublishedLens) =>
  lensVerifications(of, { atmosphere: anonymous, verifiers: [theirs.did as string] });

/** Puts a record of Alice's as it is. */
async function put(collection: string, value: Record<string, unknown>, atmosphere = hers): Promise<string> {
  const repo = atmosphere.own as RepoWriter;
  const rkey = makeTid();
  await repo.transact(() => ({
    writes: [{ action: "create", collection, rkey, value: { $type: collection, ...value } }],
    result: () => undefined,
  }));
  return `at://${atmosphere.did}/${collection}/${rkey}`;
}

/** Puts a lens that is code somewhere else. */
async function putCode(more: Record<string, unknown> = {}): Promise<string> {
  const [{ value } = { value: {} }] = await (await anonymous.open(hers.did as string)).all(COLLECTIONS.lens);
  const { sourceSchema, targetSchema, createdAt } = value as Record<string, unknown>;
  const types = { sourceSchema, targetSchema, createdAt };
  return put(COLLECTIONS.lens, { name: "code", getterCode: code, putterCode: code, ...types, ...more });
}

beforeAll(async () => {
  network = await startNetwork();
  hers = network.open({ session: (await network.account("alice")).session });
  theirs = network.open({ session: (await network.account("bob", network.net.pds[1])).session });
  anonymous = network.open();
  index = createIndex({ repos: { me: hers }, formats: [memoryFormat()] });
  await index.storeLens(toTag, { repo: "me" });
  const [record] = await (await anonymous.open(hers.did as string)).all(COLLECTIONS.lens);
  lensUri = record?.uri ?? "";
  lens = await open(lensUri);
}, 60_000);

afterAll(async () => {
  await network?.[Symbol.asyncDispose]();
});

describe("a lens that is published", () => {
  it("is read with its types, its hash and its versions, and runs where it is declared", async () => {
    expect(lens).toMatchObject({ uri: lensUri, stored: { name: "to-tag", version: "1.0.0" }, versions: { ok: true } });
    expect(lens.codeHash?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(lens.build().get({ ...points[3] })).toEqual({ name: "p3" });
    const web = createIndex({ repos: { web: anonymous }, formats: [memoryFormat()] });
    expect((await web.loadLens(lensUri)).get({ ...points[4] })).toEqual({ name: "p4" });
  });

  it("of code is never run, unless its reader has the code", async () => {
    const uri = await putCode();
    const foreign = await open(uri);
    expect(() => foreign.build()).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    expect(foreign.codeHash).toBe(undefined);
    const mine = await open(uri, { getters: { "lenses:get": ({ name }: { name: string }) => ({ name }) } });
    expect(mine.build().get({ ...points[1] })).toEqual({ name: "p1" });
  });

  it("is not read where it is missing, of another type, or unsigned", async () => {
    await expect(open(`${lensUri}x`)).rejects.toMatchObject({ code: "LENS_UNKNOWN" });
    await expect(open(lensUri.replace(COLLECTIONS.lens, COLLECTIONS.entry))).rejects.toMatchObject({
      code: "RECORD_TYPE",
    });
    const unsigned: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const isProof = new Request(input).url.includes("com.atproto.sync.getRecord");
      return isProof ? new Response((await response.arrayBuffer()).slice(0, -9)) : response;
    };
    await expect(open(lensUri, { atmosphere: network.open({ fetch: unsigned }) })).rejects.toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });
});

describe("a verification of a lens", () => {
  it("is published when the laws hold on samples, and holds for whoever reads it", async () => {
    const said = await publishVerification(lens, { atmosphere: theirs, method: "automatedTest", samples: points });
    expect(said).toMatchObject({
      lens: lensUri,
      lensCommit: lens.commit,
      verifier: theirs.did,
      codeHash: lens.codeHash,
    });
    expect(said.description).toBe("types, GetPut, PutGet, PutPut hold on 20 samples");
    expect(await check(lens)).toMatchObject([{ uri: said.uri, ok: true, method: "automatedTest" }]);
    const again = await publishVerification(lens, { atmosphere: theirs, method: "automatedTest", samples: points });
    expect([again.uri, (await check(lens)).length]).toEqual([said.uri, 1]);
  });

  it("is not published for a law that does not hold, samples of another type, other versions, or by nobody", async () => {
    const test = (of: PublishedLens, samples: readonly object[], atmosphere = theirs) => {
      return publishVerification(of, { atmosphere, method: "automatedTest", samples: samples as typeof points });
    };
    const before = await check(lens);
    const spoilt = await open(await putCode(), {
      getters: { "lenses:get": ({ name }: { name: string }) => ({ name }) },
      putters: { "lenses:get": (_: unknown, point: object) => point },
    });
    await expect(test(spoilt, points)).rejects.toMatchObject({
      code: "LENS_UNVERIFIED",
      clause: "these do not hold: PutGet",
      fields: { lens: spoilt.uri, verification: "automatedTest" },
    });
    await expect(test(lens, [{ x: "one" }])).rejects.toMatchObject({ code: "LENS_UNVERIFIED" });
    const later = await open(await putCode({ sourceSchemaVersion: ">=2.0.0" }));
    await expect(test(later, points)).rejects.toMatchObject({
      code: "LENS_UNVERIFIED",
      clause: expect.stringContaining('Point 1.0.0 is not in ">=2.0.0"'),
    });
    await expect(test(lens, points, anonymous)).rejects.toMatchObject({ code: "AUTH_REQUIRED" });
    await expect(test(lens, [])).rejects.toThrow(RangeError);
    await expect(publishVerification(spoilt, { atmosphere: theirs, method: "signedHash" })).rejects.toMatchObject({
      code: "LENS_UNVERIFIED",
    });
    expect(await check(lens)).toEqual(before);
    expect(await check(spoilt)).toEqual([]);
  });

  it("is compared with the lens: its version, its hash, and the versions of its types", async () => {
    const signed = await publishVerification(lens, { atmosphere: theirs, method: "signedHash" });
    const claim = (more: Record<string, unknown>): Promise<string> => {
      const createdAt = "2026-02-03T04:05:06.123456+00:00";
      const value = { lens: lens.uri, lensCommit: lens.commit, verificationMethod: "signedHash", createdAt, ...more };
      return put(COLLECTIONS.verification, value, theirs);
    };
    const hash = { algorithm: "sha256", digest: "0".repeat(64) };
    const verdicts = new Map([
      [signed.uri, true],
      [await claim({ codeHash: hash }), false],
      [await claim({ codeHash: { ...hash, algorithm: "blake3" } }), undefined],
      [await claim({}), false],
      [await claim({ lensCommit: `bafyrei${"a".repeat(52)}`, verificationMethod: "codeReview" }), false],
      [await claim({ verificationMethod: "codeReview" }), true],
      [
        await claim({ verificationMethod: "codeReview", lens: lens.uri.replace(hers.did as string, "alice.test") }),
        true,
      ],
    ]);
    const found = (await check(lens)).filter(({ method }) => method !== "automatedTest");
    expect(new Map(found.map(({ uri, ok }) => [uri, ok]))).toEqual(verdicts);
    for (const { ok, code } of found) expect(code).toBe(ok === false ? "LENS_UNVERIFIED" : undefined);

    const later = await open(await putCode({ targetSchemaVersion: "^2.0.0" }));
    await publishVerification(later, { atmosphere: theirs, method: "codeReview" });
    expect(await check(later)).toMatchObject([{ ok: false, code: "LENS_UNVERIFIED" }]);
  });

  it("is judged by what its account has signed, whatever is listed in its place", async () => {
    const evil = await open(await putCode());
    const forged: Atmosphere = {
      ...anonymous,
      async open(authority, options) {
        const reader = await anonymous.open(authority, options);
        const all: typeof reader.all = async (collection, call) => {
          const records = await reader.all(collection, call);
          if (collection !== COLLECTIONS.verification) return records;
          const value = { lens: evil.uri, lensCommit: evil.commit };
          return records.map((record) => ({ ...record, value: { ...record.value, ...value } }));
        };
        return { ...reader, all };
      },
    };
    const said = await lensVerifications(evil, { atmosphere: forged, verifiers: [theirs.did as string] });
    expect(said.length).toBeGreaterThan(0);
    for (const each of said) expect(each).toMatchObject({ ok: false, code: "LENS_UNVERIFIED" });
  });

  it("no longer holds when the lens has changed", async () => {
    expect((await check(lens)).some(({ ok }) => ok === true)).toBe(true);
    const rkey = lens.uri.replace(/^.*\//, "");
    const collection = COLLECTIONS.lens;
    await (hers.own as RepoWriter).transact(async (state) => {
      const record = (await state.all(collection)).find((each) => each.rkey === rkey);
      const value = { ...record?.value, description: "changed" };
      return { writes: [{ action: "update", collection, rkey, value }], result: () => undefined };
    });
    const changed = await check(await open(lens.uri));
    expect(changed.length).toBeGreaterThan(0);
    for (const { ok, what, lensCommit } of changed) {
      if (lensCommit === lens.commit) expect([ok, what]).toEqual([false, "it is of another version of the lens"]);
    }
    expect(changed.filter(({ ok }) => ok === true)).toEqual([]);
  });
});

import { isAtdataError } from "@atdata/core";
import { P256Keypair, Secp256k1Keypair } from "@atproto/crypto";
import { parseCid } from "@atproto/lex-data";
import {
  BlockMap,
  blocksToCarFile,
  getRecords,
  MemoryBlockstore,
  Repo,
  verifyProofs,
  WriteOpAction,
} from "@atproto/repo";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { checkProof } from "./signed-record.ts";

const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const collection = "science.alt.dataset.entry" as const;

interface Signed {
  readonly key: string;
  readonly keys: readonly string[];
  readonly cids: ReadonlyMap<string, string>;
  /** The proof of a record, as a PDS gives it. */
  prove(rkey: string): Promise<Uint8Array>;
}

/** A repository of 300 records, by the library that PDSes are made with. */
async function repository(keypair: P256Keypair | Secp256k1Keypair): Promise<Signed> {
  const storage = new MemoryBlockstore();
  const keys = Array.from({ length: 300 }, (_, i) => `key-${(i * 7919) % 1009}`);
  const writes = keys.map((rkey, i) => ({
    action: WriteOpAction.Create as const,
    collection,
    rkey,
    record: { $type: collection, name: `name ${i}` },
  }));
  const repo = await Repo.create(storage, did, keypair, writes);
  const cids = new Map<string, string>();
  for await (const { rkey, cid } of repo.walkRecords()) cids.set(rkey, cid.toString());
  return {
    key: keypair.did(),
    keys,
    cids,
    async prove(rkey) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of getRecords(storage, repo.cid, [{ collection, rkey }])) chunks.push(chunk);
      return new Uint8Array(Buffer.concat(chunks));
    },
  };
}

const failure = (work: Promise<unknown>): Promise<unknown> => {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
};

const check = (proof: Uint8Array, signingKey: string | undefined, rkey: string, of = did) => {
  return checkProof(proof, { did: of, signingKey }, { uri: `at://${did}/${collection}/${rkey}`, collection, rkey });
};

describe.each([
  ["K-256", () => Secp256k1Keypair.create()],
  ["P-256", () => P256Keypair.create()],
] as const)("a proof that is signed with %s", (_, makeKey) => {
  let signed: Signed;
  let other: Signed;
  beforeAll(async () => {
    signed = await repository(await makeKey());
    other = await repository(await makeKey());
  });

  it("gives CID and value of every record, as the library that PDSes are made with does", async () => {
    for (const [i, rkey] of signed.keys.entries()) {
      const proof = await signed.prove(rkey);
      const { cid, value } = await check(proof, signed.key, rkey);
      const claims = [{ collection, rkey, cid: parseCid(cid) }];
      expect((await verifyProofs(proof, claims, did, signed.key)).verified).toEqual(claims);
      expect(cid).toBe(signed.cids.get(rkey));
      expect(value).toEqual({ $type: collection, name: `name ${i}` });
    }
  });

  it("does not hold for another key, account or record, nor without a key", async () => {
    const [rkey = "", another = ""] = signed.keys;
    const proof = await signed.prove(rkey);
    const clauses = await Promise.all(
      [
        check(proof, other.key, rkey),
        check(proof, signed.key, rkey, "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"),
        check(proof, undefined, rkey),
        check(await signed.prove("missing"), signed.key, "missing"),
        check(proof, signed.key, another),
      ].map(async (work) => {
        const error = await failure(work);
        return isAtdataError(error, "SIGNATURE_INVALID") ? error.clause : error;
      }),
    );
    expect(clauses).toEqual([
      "the repository is not signed with the key of the DID document",
      "the proof of the record is of another account",
      "the DID document has no key that is known here",
      "the record is not in what the account has signed",
      expect.stringMatching(/^the proof of the record cannot be used: it lacks a block$|^the record is not in/),
    ]);
  });

  it("is refused with any byte that was changed, or cut off", async () => {
    const [rkey = ""] = signed.keys;
    const proof = await signed.prove(rkey);
    const at = fc.integer({ min: 0, max: proof.length - 1 });
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), fc.boolean(), async (place, mask, cut) => {
        const spoilt = cut ? proof.slice(0, place) : proof.slice();
        if (!cut) spoilt[place] = (spoilt[place] as number) ^ mask;
        const ours = await failure(check(spoilt, signed.key, rkey));
        expect(ours).toMatchObject({ code: "SIGNATURE_INVALID" });
      }),
      { numRuns: 300 },
    );
  });
});

it("refuses what is no CAR by the same error, whatever it is", async () => {
  const key = (await Secp256k1Keypair.create()).did();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(await failure(check(bytes, key, "any"))).toMatchObject({ code: "SIGNATURE_INVALID" });
    }),
  );
});

it("refuses signatures of any length, and commits of any form", async () => {
  const key = (await Secp256k1Keypair.create()).did();
  const members = fc.record(
    {
      did: fc.constant(did),
      data: fc.oneof(fc.constant(null), fc.constant(parseCid(`bafyrei${"a".repeat(52)}`))),
      rev: fc.oneof(fc.string(), fc.integer()),
      sig: fc.uint8Array({ maxLength: 80 }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(members, async (commit) => {
      const blocks = new BlockMap();
      const proof = await blocksToCarFile(await blocks.add(commit), blocks);
      expect(await failure(check(proof, key, "any"))).toMatchObject({ code: "SIGNATURE_INVALID" });
    }),
  );
});

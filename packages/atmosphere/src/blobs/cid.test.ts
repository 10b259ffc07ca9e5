import { parseCid } from "@atproto/lex-data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobCid, cidOfSha256, sha256OfCid } from "./cid.ts";

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));

describe("CIDs of blobs", () => {
  it("are what the reference library reads as raw bytes with that hash", () => {
    fc.assert(
      fc.property(hex, (sha256) => {
        const cid = parseCid(cidOfSha256(sha256));
        expect([cid.version, cid.code, cid.multihash.code]).toEqual([1, 0x55, 0x12]);
        expect(Buffer.from(cid.multihash.digest).toString("hex")).toBe(sha256);
        expect(sha256OfCid(cidOfSha256(sha256))).toBe(sha256);
      }),
    );
    // SHA-256 of nothing.
    expect(blobCid(new Uint8Array())).toBe("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
  });

  it("are refused where any digit makes them another kind of CID, or none", () => {
    const cid = blobCid(Uint8Array.of(1, 2, 3));
    fc.assert(
      fc.property(fc.nat(cid.length - 1), fc.constantFrom(..."abcxyz27018A-"), (at, digit) => {
        const changed = cid.slice(0, at) + digit + cid.slice(at + 1);
        const sha256 = sha256OfCid(changed);
        if (sha256 !== undefined) expect(cidOfSha256(sha256)).toBe(changed);
        if (at < 7 && changed !== cid) expect(sha256OfCid(changed)).toBeUndefined();
      }),
    );
    const record = "bafyreidnzhwcbncg3avwjjao5o6wx4zhnksmxhdo6w5iaqupexnmzdlb54";
    for (const other of ["", "b", record, `${cid}a`, cid.slice(0, -1), cid.toUpperCase()]) {
      expect(sha256OfCid(other)).toBeUndefined();
    }
  });
});

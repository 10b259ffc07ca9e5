import { P256Keypair, Secp256k1Keypair } from "@atproto/crypto";
import { describe, expect, it } from "vitest";
import { readDidDocument } from "./did-document.ts";

const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const service = { id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: "https://pds.test" };
const full = { id: did, alsoKnownAs: ["at://alice.test"], service: [service] };

function read(document: unknown): ReturnType<typeof readDidDocument> {
  return readDidDocument(did, JSON.stringify(document));
}

describe("a DID document", () => {
  it("tells the handle, the PDS and the signing key", () => {
    expect(read(full)).toEqual({ handle: "alice.test", pds: "https://pds.test", signingKey: undefined });
  });

  it.each<[string, unknown]>([
    ["is no object", []],
    ["is null", null],
    ["is another DID's", { ...full, id: "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb" }],
    ["has no services", { id: did }],
    ["has services of another form", { ...full, service: { "#atproto_pds": service } }],
    ["has holes for services", { ...full, service: [null, 1, "x"] }],
    ["has a service of another type", { ...full, service: [{ ...service, type: "BskyFeedGenerator" }] }],
    ["has another service only", { ...full, service: [{ ...service, id: "#bsky_fg" }] }],
    ["has another DID's service", { ...full, service: [{ ...service, id: "did:web:x.test#atproto_pds" }] }],
    ["has a PDS that is no url", { ...full, service: [{ ...service, serviceEndpoint: "pds.test" }] }],
    ["has a PDS that is not on the web", { ...full, service: [{ ...service, serviceEndpoint: "file:///etc" }] }],
    ["has several endpoints", { ...full, service: [{ ...service, serviceEndpoint: { a: "https://a.test" } }] }],
  ])("cannot be used when it %s", (_, document) => {
    expect(() => read(document)).toThrow(expect.objectContaining({ code: "DID_INVALID", fields: { did } }));
  });

  it("cannot be used when it is no JSON, or was too large", () => {
    for (const text of ["<html>", "", "[".repeat(100_000), undefined]) {
      expect(() => readDidDocument(did, text)).toThrow(expect.objectContaining({ code: "DID_INVALID" }));
    }
  });

  it("takes ids with the DID before them, and of the PDS its origin alone", () => {
    const serviceEndpoint = "https://me:secret@PDS.test:8443/x/?a=b";
    expect(read({ ...full, service: [{ ...service, id: `${did}#atproto_pds`, serviceEndpoint }] }).pds).toBe(
      "https://pds.test:8443",
    );
  });

  it.each<[unknown, string | undefined]>([
    [["https://alice.test", "at://Alice.TEST", "at://second.test"], "alice.test"],
    [["at://not a handle", "at://second.test"], undefined],
    [["at://"], undefined],
    [[1, null], undefined],
    ["at://alice.test", undefined],
    [undefined, undefined],
  ])("of names %j claims the handle %s", (alsoKnownAs, handle) => {
    expect(read({ ...full, alsoKnownAs }).handle).toBe(handle);
  });

  it("has keys of each kind and form", async () => {
    for (const pair of [await Secp256k1Keypair.create(), await P256Keypair.create()]) {
      const key = (method: object): string | undefined => {
        return read({ ...full, verificationMethod: [{ id: "#atproto", controller: did, ...method }] }).signingKey;
      };
      const multikey = pair.did().slice("did:key:".length);
      expect(key({ type: "Multikey", publicKeyMultibase: multikey })).toBe(pair.did());
      const type = `EcdsaSecp256${pair instanceof P256Keypair ? "r" : "k"}1VerificationKey2019`;
      const publicKeyMultibase = `f${Buffer.from(pair.publicKeyBytes()).toString("hex")}`;
      expect(key({ type, publicKeyMultibase })).toBe(pair.did());
      expect(key({ type, publicKeyMultibase: "zz" })).toBeUndefined();
      expect(key({ type: "Multikey", publicKeyMultibase: "z6Mk" })).toBeUndefined();
      expect(key({ type: "JsonWebKey2020", publicKeyMultibase: multikey })).toBeUndefined();
      expect(key({ type: "Multikey" })).toBeUndefined();
      expect(key({ id: "#other", type: "Multikey", publicKeyMultibase: multikey })).toBeUndefined();
    }
  });
});

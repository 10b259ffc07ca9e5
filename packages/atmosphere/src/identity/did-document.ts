import { AtdataError } from "@atdata/core";
import { formatDidKey, multibaseToBytes, P256_JWT_ALG, parseMultikey, SECP256K1_JWT_ALG } from "@atproto/crypto";
import { isValidHandle } from "@atproto/syntax";

/** What of a DID document is of use here. */
export interface DidDocument {
  /** The handle that it claims, lower-case: the first of its names, or none where that is no handle. */
  readonly handle: string | undefined;
  /** Origin of the PDS. */
  readonly pds: string;
  /** The key that the repository is signed with, as `did:key:…`; absent where it is of a kind that is not known. */
  readonly signingKey: string | undefined;
}

/**
 * Reads a DID document.
 *
 * @param text - The JSON; absent when it was too long.
 * @throws AtdataError `DID_INVALID` when it is another DID's, or names no PDS.
 */
export function readDidDocument(did: string, text: string | undefined): DidDocument {
  const document = parse(text);
  if (document === undefined) throw invalid(did, "the DID has no document of JSON, or one that is too large");
  if (document.id !== did) throw invalid(did, "the document of the DID is that of another one");
  const pds = originOf(itemOf(document.service, did, "#atproto_pds", "AtprotoPersonalDataServer")?.serviceEndpoint);
  if (pds === undefined) throw invalid(did, "the document of the DID names no PDS");
  return { handle: handleOf(document.alsoKnownAs), pds, signingKey: keyOf(document.verificationMethod, did) };
}

/** Makes the error of a DID, or its document, that cannot be used. */
export function invalid(did: string, message: string, hint?: string): AtdataError<"DID_INVALID"> {
  return new AtdataError("DID_INVALID", message, { did }, hint === undefined ? {} : { hint });
}

type JsonObject = Readonly<Record<string, unknown>>;

function parse(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Finds the part of a document with this id, which may stand with the DID before it. */
function itemOf(items: unknown, did: string, id: string, type?: string): JsonObject | undefined {
  const item = (Array.isArray(items) ? items : []).find((item: unknown) => {
    return isObject(item) && (item.id === id || item.id === did + id);
  });
  return type === undefined || item?.type === type ? item : undefined;
}

function originOf(endpoint: unknown): string | undefined {
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) return undefined;
  const { protocol, origin } = new URL(endpoint);
  return /^https?:$/.test(protocol) ? origin : undefined;
}

/** Only the first name of ATProto counts, as everywhere. */
function handleOf(names: unknown): string | undefined {
  const isOurs = (name: unknown): name is string => typeof name === "string" && name.startsWith("at://");
  const handle = (Array.isArray(names) ? names : []).find(isOurs)?.slice("at://".length).toLowerCase();
  return isValidHandle(handle) ? handle : undefined;
}

function keyOf(methods: unknown, did: string): string | undefined {
  const method = itemOf(methods, did, "#atproto");
  const { type, publicKeyMultibase: key } = method ?? {};
  if (typeof key !== "string") return undefined;
  try {
    if (type === "EcdsaSecp256k1VerificationKey2019") return formatDidKey(SECP256K1_JWT_ALG, multibaseToBytes(key));
    if (type === "EcdsaSecp256r1VerificationKey2019") return formatDidKey(P256_JWT_ALG, multibaseToBytes(key));
    if (type !== "Multikey") return undefined;
    const { jwtAlg, keyBytes } = parseMultikey(key);
    return formatDidKey(jwtAlg, keyBytes);
  } catch {
    // What signs with such a key cannot be checked; everything else works.
    return undefined;
  }
}

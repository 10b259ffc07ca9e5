import { AtdataError } from "@atdata/core";
import { isValidHandle, isValidTld } from "@atproto/syntax";
import { type DidDocument, invalid, readDidDocument } from "./did-document.ts";
import { FOR_HOSTS, FOR_SERVICES, getText } from "./get-text.ts";

const MAX_DOCUMENT_BYTES = 256 << 10;

/** How DID documents are asked for. */
export interface GetDocumentOptions {
  /** The directory of did:plc. */
  readonly plcUrl: string;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gets the document of a did:plc or did:web.
 *
 * @throws AtdataError `DID_NOT_FOUND`, `DID_INVALID`; `HTTP_ERROR`, `NETWORK_ERROR`, `TIMEOUT` when nobody can tell.
 */
export async function getDocument(did: string, { plcUrl, fetch, signal }: GetDocumentOptions): Promise<DidDocument> {
  const { url, patience } = placeOf(did, plcUrl);
  const answer = await getText(url, { fetch, signal, patience, maxBytes: MAX_DOCUMENT_BYTES, redirect: "error" });
  const { status, text } = answer;
  if (status === 410) throw new AtdataError("DID_NOT_FOUND", "the account of the DID is gone for good", { did });
  if (status !== 200) throw new AtdataError("DID_NOT_FOUND", `the DID has no document (status ${status})`, { did });
  return readDidDocument(did, text);
}

function placeOf(did: string, plcUrl: string): { readonly url: string; readonly patience: typeof FOR_HOSTS } {
  if (/^did:plc:[a-z2-7]{24}$/.test(did)) {
    return { url: `${plcUrl.replace(/\/+$/, "")}/${did}`, patience: FOR_SERVICES };
  }
  const [, host, port] = /^did:web:([a-z0-9.-]+)(?:%3[aA](\d{1,5}))?$/.exec(did) ?? [];
  const isLocal = host === "localhost";
  const origin = `${isLocal ? "http" : "https"}://${host}${port === undefined ? "" : `:${port}`}`;
  // Neither addresses nor names of private networks.
  if ((isLocal || (isValidHandle(host) && isValidTld(host))) && URL.canParse(origin)) {
    return { url: `${origin}/.well-known/did.json`, patience: FOR_HOSTS };
  }
  throw invalid(did, "not a DID of an account", "accounts have did:plc:… with 24 characters, or did:web:… with a host");
}

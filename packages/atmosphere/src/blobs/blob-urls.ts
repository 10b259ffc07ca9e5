import { AtdataError } from "@atdata/core";
import { COLLECTIONS } from "../lexicon/collections.ts";

/** What an `at://` url of a file stands for. */
export interface BlobPlace {
  /** DID or handle of the account. */
  readonly authority: string;
  /** Whether it is a file by name, or a blob by its CID. */
  readonly kind: "file" | "blob";
  /** The name, or the CID, with what may stand behind it. */
  readonly name: string;
}

const MAX_KEY = 512;

/** Tells the key of the record of a file: its name, with `~` and two hex digits for each byte that a key may not have. */
export function fileKey(name: string): string {
  const key = name.replace(/[^A-Za-z0-9._:-]+/gu, (text) => {
    const bytes = new TextEncoder().encode(text);
    return Array.from(bytes, (byte) => `~${byte.toString(16).padStart(2, "0")}`).join("");
  });
  if (key.length > 0 && key.length <= MAX_KEY) return key;
  throw new TypeError(`a file's name has 1 to ${MAX_KEY} characters: ${JSON.stringify(name.slice(0, 100))}`);
}

/** Tells the name of a file by the key of its record; `undefined` for a key that {@link fileKey} does not give. */
export function fileName(key: string): string | undefined {
  try {
    const name = decodeURIComponent(key.replaceAll("~", "%"));
    return fileKey(name) === key ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Tells the url of a file of an account. The name stands in it as it is. */
export function fileUrl(did: string, name: string): string {
  return `at://${did}/${COLLECTIONS.file}/${name}`;
}

/** Tells the url of a blob of an account, as Python writes it. */
export function blobUrl(did: string, cid: string): string {
  return `at://${did}/blob/${cid}`;
}

/**
 * Takes the url of a file, a blob, or a folder of files (with an empty name) apart.
 *
 * @throws AtdataError `REF_INVALID`.
 */
export function parseBlobUrl(url: string): BlobPlace {
  const [, authority = "", collection, name = ""] = /^at:\/\/([^/?#]+)\/([^/?#]+)(?:\/([^/]*))?$/.exec(url) ?? [];
  if (collection === COLLECTIONS.file) return { authority, kind: "file", name };
  if (collection === "blob" && name !== "") return { authority, kind: "blob", name };
  const hint = `write at://<did>/${COLLECTIONS.file}/<name> or at://<did>/blob/<cid>; records are opened through an index`;
  throw new AtdataError("REF_INVALID", "not the url of a file or blob", { ref: url.slice(0, 200) }, { hint });
}

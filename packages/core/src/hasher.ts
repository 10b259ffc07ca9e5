import { sha256 } from "@noble/hashes/sha2.js";

/** Computes one SHA-256; both methods of `node:crypto`'s hash fit it too. */
export interface Hasher {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** Ends and gives the digest as 64 lower-case hex digits; nothing may follow. */
  hex(): string;
}

/** Starts a SHA-256 that works in every runtime. */
export function createHasher(): Hasher {
  const hash = sha256.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => toHex(hash.digest()),
  };
}

/** Writes bytes as lower-case hex digits. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

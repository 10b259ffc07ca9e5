import { createHash } from "node:crypto";
import type { Hasher } from "../hasher.ts";

/** Starts a SHA-256 by OpenSSL, about ten times as fast as the portable one of `createHasher`. */
export function createNodeHasher(): Hasher {
  const hash = createHash("sha256");
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => hash.digest("hex"),
  };
}

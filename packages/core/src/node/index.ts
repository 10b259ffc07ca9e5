/**
 * Files as sources and stores, and hashing by OpenSSL, for Node.
 *
 * @module
 */
export { fileSource } from "./file-source.ts";
export { fileStore } from "./file-store.ts";
export { type LeftOver, listLeftOvers, removeLeftOvers } from "./left-overs.ts";
export { createNodeHasher } from "./node-hasher.ts";

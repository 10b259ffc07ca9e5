/**
 * Files as sources and stores, hashing by OpenSSL, and where things of a user are kept, for Node.
 *
 * @module
 */
export { fileSource } from "./file-source.ts";
export { fileStore } from "./file-store.ts";
export { atdataHome } from "./home.ts";
export { type LeftOver, listLeftOvers, removeLeftOvers } from "./left-overs.ts";
export { createNodeHasher } from "./node-hasher.ts";

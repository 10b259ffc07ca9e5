import { type Cid, ifCid } from "@atproto/lex-data";
import { type Blocks, fields } from "./car.ts";

/** Keys have 128 layers at the most: half as many as their hashes have bits. */
const MAX_DEPTH = 130;

interface TreeEntry {
  /** Characters that the key shares with that of the entry before. */
  readonly shared: number;
  /** The rest of the key. */
  readonly rest: string;
  readonly value: Cid;
  /** What lies between this key and the next. */
  readonly after: Cid | null;
}

/**
 * Finds the CID that a record has in the tree of a repository; `undefined` when it is not in it.
 *
 * @param key - `collection/rkey`.
 * @throws TypeError – the blocks are none of such a tree, or one on the way is missing.
 */
export function findInTree(blocks: Blocks, root: Cid, key: string): Cid | undefined {
  let node: Cid | null = root;
  for (let depth = 0; node !== null; depth++) {
    if (depth > MAX_DEPTH) throw new TypeError("its tree is too deep");
    const { l: left, e: entries } = fields(blocks.get(node));
    if (!Array.isArray(entries)) throw new TypeError("a block is no node of a tree");
    let before = linkOf(left);
    let last = "";
    for (const each of entries) {
      const { shared, rest, value, after } = entryOf(fields(each));
      if (shared > last.length) throw new TypeError("a block is no node of a tree");
      const found = last.slice(0, shared) + rest;
      // Keys are ASCII.
      if (found === key) return value;
      if (found > key) break;
      before = after;
      last = found;
    }
    node = before;
  }
  return undefined;
}

function entryOf({ p: shared, k: rest, v, t }: ReturnType<typeof fields>): TreeEntry {
  const value = linkOf(v);
  if (typeof shared !== "number" || shared < 0 || !(rest instanceof Uint8Array) || value === null) {
    throw new TypeError("a block is no node of a tree");
  }
  return { shared, rest: String.fromCharCode(...rest.subarray(0, 2000)), value, after: linkOf(t) };
}

function linkOf(value: unknown): Cid | null {
  return ifCid(value);
}

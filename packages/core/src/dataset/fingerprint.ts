import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../hasher.ts";
import { describeOp, type Op } from "./ops.ts";
import type { DatasetInput } from "./read-options.ts";

/** Identifies a dataset with its operations by the names of its shards, and by what can be told of the operations. */
export function fingerprint(input: DatasetInput<unknown>, ops: readonly Op[]): string {
  // Names and not urls: a run may go on from a copy in another place.
  const names = input.shards.map(({ url }) => url.slice(url.lastIndexOf("/") + 1));
  let length = ops.length;
  // Whoever goes on from a state is at a position of the same sequence.
  while (ops[length - 1]?.op === "resume") length -= 1;
  return digest([names, ops.slice(0, length).map(describeOp)]);
}

/** Sums up a JSON value. */
export function digest(value: unknown): string {
  return toHex(sha256(new TextEncoder().encode(JSON.stringify(value)))).slice(0, 16);
}

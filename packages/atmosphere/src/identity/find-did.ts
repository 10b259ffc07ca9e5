import { AtdataError } from "@atdata/core";
import { isValidDid, isValidHandle } from "@atproto/syntax";
import type { HandleResolver } from "./identity.ts";

/**
 * Finds the DID that a handle stands for, by the first of the resolvers that knows one.
 *
 * @throws AtdataError `HANDLE_NOT_FOUND`; its hint tells what each of them said.
 */
export async function findDid(
  handle: string,
  resolvers: readonly HandleResolver[],
  signal: AbortSignal,
): Promise<string> {
  if (!isValidHandle(handle)) {
    const hint = "accounts are named by handles such as alice.example, or DIDs";
    throw new AtdataError("HANDLE_NOT_FOUND", "not a handle", { handle }, { hint });
  }
  const tried: string[] = [];
  let cause: unknown;
  for (const resolver of resolvers) {
    try {
      const did = await resolver.resolve(handle, { signal });
      if (isValidDid(did)) return did;
      tried.push(`${resolver.name} ${did === undefined ? "knows none" : "gave something else than a DID"}`);
    } catch (error) {
      signal.throwIfAborted();
      cause ??= error;
      tried.push(`${resolver.name} failed`);
    }
  }
  const hint = tried.length === 0 ? "give a resolver" : tried.join(", ");
  throw new AtdataError("HANDLE_NOT_FOUND", "no DID was found for the handle", { handle }, { hint, cause });
}

import { AtdataError } from "@atdata/core";
import type { RedisCalls } from "./client.ts";
import { textOf } from "./replies.ts";

/** Sees that a Redis keeps what is written to it. */
export interface Keeping {
  /** Fails where Redis is set up to drop keys without an expiry; asks it once. */
  check(): Promise<void>;
}

/**
 * Looks at a Redis before it is written to for the first time.
 *
 * With a limit of memory and a policy of the `allkeys` family it drops datasets when memory runs short, and no error says so.
 */
export function keeping(calls: RedisCalls): Keeping {
  let checked: Promise<void> | undefined;
  return {
    check() {
      checked ??= checkPolicy(calls).catch((error: unknown) => {
        // Another try may find another setting.
        checked = undefined;
        throw error;
      });
      return checked;
    },
  };
}

async function checkPolicy(calls: RedisCalls): Promise<void> {
  const info = await memoryInfo(calls);
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  const limit = /^maxmemory:(\d+)/m.exec(info)?.[1] ?? "0";
  if (limit === "0" || policy?.startsWith("allkeys") !== true) return;
  throw new AtdataError(
    "INDEX_FAILED",
    `this redis drops keys when its memory is full (maxmemory-policy ${policy})`,
    { index: calls.index, operation: "write" },
    { hint: "CONFIG SET maxmemory-policy noeviction" },
  );
}

async function memoryInfo(calls: RedisCalls): Promise<string> {
  try {
    return textOf(await calls.command(["INFO", "memory"], "look at settings")) ?? "";
  } catch (error) {
    // A user who may not ask can still be one who may write.
    if (error instanceof AtdataError && error.code === "INDEX_FAILED") return "";
    throw error;
  }
}

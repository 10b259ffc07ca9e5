import { abortable, type CallOptions, isAtdataError } from "@atdata/core";
import type { RedisCalls } from "./client.ts";
import { listOf, textOf } from "./replies.ts";
import { adoptStep } from "./scripts.ts";

/** How many keys Redis looks at in one go, during which it does nothing else: a few milliseconds. */
const KEYS_A_STEP = "1000";

const MINUTE_MS = 60_000;

/** Notes all that Python atdata has written and that has not been noted; gives the number. */
export async function adoptAll(calls: RedisCalls, signal?: AbortSignal): Promise<number> {
  let adopted = 0;
  let cursor = "0";
  do {
    signal?.throwIfAborted();
    const [next, count] = listOf(await calls.script(adoptStep, [cursor, KEYS_A_STEP], "adopt"));
    cursor = textOf(next) ?? "0";
    adopted += Number(count);
  } while (cursor !== "0");
  return adopted;
}

/** When one connection looks for what Python has written. */
export interface Adoption {
  /** Looks now. */
  now(options: CallOptions | undefined): Promise<void>;
  /**
   * Looks unless this connection has within the last minute; tells whether it did.
   *
   * Where Redis takes no writes, as a replica does, nothing is noted and nothing fails: it is a read that asks.
   */
  ifDue(options: CallOptions | undefined): Promise<boolean>;
}

/** Keeps account of when a connection has looked for what Python has written. */
export function adoption(calls: RedisCalls): Adoption {
  let last = Number.NEGATIVE_INFINITY;
  let running: Promise<unknown> | undefined;
  const now = async (options: CallOptions | undefined): Promise<void> => {
    running ??= adoptAll(calls).finally(() => {
      // A look that failed is no cheaper than another.
      last = performance.now();
      running = undefined;
    });
    await abortable(running, options?.signal);
  };
  return {
    now,
    async ifDue(options) {
      if (performance.now() - last < MINUTE_MS) return false;
      try {
        await now(options);
      } catch (error) {
        if (!isAtdataError(error, "INDEX_FAILED")) throw error;
        // Nor will it take them a moment later.
        last = performance.now();
      }
      return true;
    },
  };
}

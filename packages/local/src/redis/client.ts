import { createHash } from "node:crypto";
import { AtdataError } from "@atdata/core";
import type { Place } from "../shared/corrupt.ts";
import { corrupt } from "../shared/corrupt.ts";
import { bareError } from "../shared/server-name.ts";

/**
 * What an index needs of a Redis client; the `Redis` of `ioredis` fits.
 *
 * One Redis, not a cluster: the scripts touch keys that lie anywhere. Redis 5 or newer.
 */
export interface RedisClient {
  /** Sends a command and gives its reply, with text as bytes. Bytes among the arguments are `Buffer`s. */
  callBuffer(command: string, ...args: (string | number | Uint8Array)[]): Promise<unknown>;
  /** How the client was set up. */
  readonly options?: { readonly keyPrefix?: string | undefined } | undefined;
}

/** What is sent: commands and scripts, with failures told in our words. */
export interface RedisCalls {
  /** How messages name this Redis. */
  readonly index: string;
  /** Sends a command. `operation` and `key` are for errors. */
  command(args: readonly [string, ...(string | Uint8Array)[]], operation: string, key?: string): Promise<unknown>;
  /** Runs a script, which Redis holds after the first time. */
  script(script: Script, args: readonly (string | Uint8Array)[], operation: string, key?: string): Promise<unknown>;
}

/** A script in Lua and the digest that Redis knows it by. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Prepares a script. */
export function scriptOf(text: string): Script {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/** Sends over `client`; `index` is the name in messages. */
export function redisCalls(client: RedisClient, index: string): RedisCalls {
  const send = async (
    args: readonly [string, ...(string | Uint8Array)[]],
    operation: string,
    key: string | undefined,
  ): Promise<unknown> => {
    try {
      return await client.callBuffer(...args);
    } catch (error) {
      throw failure(error, { index, key: key ?? "" }, operation);
    }
  };
  return {
    index,
    command: send,
    async script({ text, sha }, args, operation, key) {
      const plain = args.some((arg) => typeof arg !== "string") ? args.map(asBuffer) : args;
      try {
        return await client.callBuffer("EVALSHA", sha, "0", ...plain);
      } catch (error) {
        if (!/^NOSCRIPT\b/.test(bareError(error).message)) throw failure(error, { index, key: key ?? "" }, operation);
      }
      return send(["EVAL", text, "0", ...plain], operation, key);
    },
  };
}

function asBuffer(arg: string | Uint8Array): string | Uint8Array {
  return typeof arg === "string" ? arg : Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength);
}

/** What Redis refuses with, which is not an operation's fault: whether it can be reached at all, the clause, and a hint. */
const REFUSALS: Readonly<Record<string, readonly [available: boolean, clause: string, hint: string]>> = {
  NOAUTH: [false, "redis wants a password", "give user and password in the url, redis://user:password@host"],
  WRONGPASS: [false, "redis refused user or password", "check both"],
  LOADING: [false, "redis is still loading its data", "wait"],
  MASTERDOWN: [false, "the replica has lost its primary", "connect to the primary"],
  READONLY: [true, "this redis may only be read", "connect to the primary, not to a replica"],
  OOM: [true, "redis has no memory left", "raise maxmemory or remove entries"],
  MISCONF: [true, "redis cannot save to its disk and takes no writes", "see its log; free disk space"],
  NOPERM: [true, "the redis user lacks a permission", "allow it keys and scripts: ACL SETUSER <user> ~* +@all"],
  CROSSSLOT: [true, "this redis is a cluster", "use a single redis for the index"],
  MOVED: [true, "this redis is a cluster", "use a single redis for the index"],
};

/** Says in our words why a call failed. */
export function failure(error: unknown, place: Place, operation: string): AtdataError {
  const cause = bareError(error);
  const { index } = place;
  // Replies start with a word in capitals; in replies of scripts the word may come later.
  if (!/^[A-Z]+ /.test(cause.message)) {
    const hint = "check that it runs and that the url is right";
    return new AtdataError("INDEX_UNAVAILABLE", "redis cannot be reached", { index }, { cause, hint });
  }
  if (/\bWRONGTYPE\b/.test(cause.message)) return corrupt(place, "the key holds something of another type", cause);
  const word = Object.keys(REFUSALS).find((name) => new RegExp(`\\b${name}\\b`).test(cause.message));
  const refusal = word === undefined ? undefined : REFUSALS[word];
  if (refusal === undefined) {
    return new AtdataError("INDEX_FAILED", "redis failed", { index, operation }, { cause, hint: cause.message });
  }
  const [available, clause, hint] = refusal;
  if (!available) return new AtdataError("INDEX_UNAVAILABLE", clause, { index }, { cause, hint });
  return new AtdataError("INDEX_FAILED", clause, { index, operation }, { cause, hint });
}

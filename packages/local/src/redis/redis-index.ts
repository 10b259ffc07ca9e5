import type { CallOptions, IndexProvider } from "@atdata/core";
import { documentCalls } from "../shared/documents.ts";
import { adoptAll, adoption } from "./adopt.ts";
import { type RedisClient, redisCalls } from "./client.ts";
import type { RedisContext } from "./context.ts";
import { documentsOf } from "./documents.ts";
import { entriesOf } from "./entries.ts";
import { keeping } from "./keeping.ts";
import { labelsOf } from "./labels.ts";

/**
 * Builds an index in a Redis, beside or without Python atdata: its keys hold everything, keys `atdata:…` lead to them.
 *
 * What is found by id or by name takes one round trip. What Python has written since has no keys of ours: whoever finds
 * nothing looks through all keys, at most once a minute, and so do listings ({@link adopt} does at once).
 * The client stays the caller's.
 *
 * Order: listings and "latest" go by when something was put, by the clock of Redis. What Python has written counts from when it was
 * noted, in no order of its own, as Python leaves no time.
 *
 * @throws TypeError – the client puts a prefix before its keys.
 * @example
 * ```ts
 * import { Redis } from "ioredis";
 * import { redisIndex } from "@atdata/local/redis";
 * const client = new Redis("redis://localhost:6379");
 * const provider = redisIndex(client);
 * ```
 */
export function redisIndex(client: RedisClient): IndexProvider {
  return providerOver(client, "redis");
}

/**
 * Notes all that Python atdata has written into a Redis, so that it is found by name; gives the number of what was new.
 *
 * Looks at every key there is, a thousand at a time. Harmless at any time, and while others write.
 *
 * @throws AtdataError `INDEX_UNAVAILABLE`, `INDEX_FAILED`.
 * @example
 * ```ts
 * import { Redis } from "ioredis";
 * import { adopt } from "@atdata/local/redis";
 * await adopt(new Redis("redis://localhost:6379")); // -> 12
 * ```
 */
export function adopt(client: RedisClient, options: CallOptions = {}): Promise<number> {
  return adoptAll(redisCalls(withoutPrefix(client), "redis"), options.signal);
}

/** Builds an index that messages call `index`. */
export function providerOver(client: RedisClient, index: string): IndexProvider {
  const calls = redisCalls(withoutPrefix(client), index);
  const context: RedisContext = { calls, adoption: adoption(calls), keeping: keeping(calls) };
  const schemas = documentsOf(context, "schemas", "LocalSchema:");
  const lenses = documentsOf(context, "lenses", "LocalLens:");
  return {
    name: "redis",
    ...entriesOf(context),
    ...documentCalls(schemas, lenses),
    ...labelsOf(context),
  };
}

function withoutPrefix(client: RedisClient): RedisClient {
  if ((client.options?.keyPrefix ?? "") === "") return client;
  throw new TypeError(
    "the client puts a prefix before its keys, but the index has keys of its own: give one without keyPrefix",
  );
}

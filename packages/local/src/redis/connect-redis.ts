import { AtdataError, abortable, type CallOptions, type IndexProvider } from "@atdata/core";
import { serverName } from "../shared/server-name.ts";
import { failure, type RedisClient, redisCalls } from "./client.ts";
import { providerOver } from "./redis-index.ts";

/**
 * Connects to a Redis and builds the index in it; disposing of the index ends the connection. Needs `ioredis`.
 *
 * @param url - `redis://` or `rediss://`, with user, password and number of the database where there are any.
 * @throws AtdataError `INDEX_UNAVAILABLE` – there is no Redis, or it lets nobody in; `UNSUPPORTED` – `ioredis` is not installed.
 * @example
 * ```ts
 * import { connectRedis } from "@atdata/local/redis";
 * const provider = await connectRedis("redis://localhost:6379");
 * ```
 */
export async function connectRedis(url: string, options?: CallOptions): Promise<IndexProvider & AsyncDisposable> {
  const { client, index } = await openRedis(url, options);
  return {
    ...providerOver(client, index),
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  };
}

/** A client that is connected, and its server's name in messages. */
export interface OpenRedis {
  readonly client: RedisClient & { disconnect(): void };
  readonly index: string;
}

/** Connects; the client is the caller's. */
export async function openRedis(url: string, { signal }: CallOptions = {}): Promise<OpenRedis> {
  signal?.throwIfAborted();
  const Redis = await load();
  const index = serverName("redis", url);
  const client = open(Redis, url, index);
  let lastError: unknown;
  // Commands tell their own failures, but the first connection only that it was closed.
  client.on("error", (error) => {
    lastError = error;
  });
  const calls = redisCalls(client, index);
  try {
    await abortable(client.connect(), signal);
    await abortable(calls.command(["PING"], "connect"), signal);
  } catch (error) {
    client.disconnect();
    signal?.throwIfAborted();
    throw error instanceof AtdataError ? error : failure(lastError ?? error, { index, key: "" }, "connect");
  }
  return { client, index };
}

type RedisClass = typeof import("ioredis").Redis;

function open(Redis: RedisClass, url: string, index: string): InstanceType<RedisClass> {
  try {
    return new Redis(url, {
      lazyConnect: true,
      connectTimeout: 10_000,
      // A command that was cut off may have been carried out: its caller must know at once, and it is not sent again. With
      // more retries the client would forget it, and its caller wait for ever. What is called later waits for one attempt.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 50, 500),
    });
  } catch {
    // The error of a url that cannot be parsed has all of it.
    throw failure(new Error("the url cannot be parsed"), { index, key: "" }, "connect");
  }
}

async function load(): Promise<RedisClass> {
  try {
    return (await import("ioredis")).Redis;
  } catch (cause) {
    const hint = "npm install ioredis";
    throw new AtdataError("UNSUPPORTED", "ioredis is not installed", { operation: "connectRedis" }, { cause, hint });
  }
}

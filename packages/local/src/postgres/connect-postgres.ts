import { AtdataError, type CallOptions, type IndexProvider } from "@atdata/core";
import { serverName } from "../shared/server-name.ts";
import { type PostgresPool, queryOver } from "./client.ts";
import { providerOver } from "./postgres-index.ts";

/**
 * Connects to a Postgres database and builds the index in it; disposing of the index ends the connections. Needs `pg`.
 *
 * @param url - `postgres://user:password@host:port/database`.
 * @throws AtdataError `INDEX_UNAVAILABLE` – there is no such database, or it lets nobody in; `UNSUPPORTED` – `pg` is not installed.
 * @example
 * ```ts
 * import { connectPostgres } from "@atdata/local/postgres";
 * const provider = await connectPostgres("postgres://localhost/datasets");
 * ```
 */
export async function connectPostgres(url: string, options?: CallOptions): Promise<IndexProvider & AsyncDisposable> {
  const { pool, index, end } = await openPostgres(url, options);
  return { ...providerOver(pool, index), [Symbol.asyncDispose]: end };
}

/** A pool that has been connected, and its server's name in messages. */
export interface OpenPostgres {
  readonly pool: PostgresPool;
  readonly index: string;
  /** Ends the connections; idempotent. */
  end(): Promise<void>;
}

/** Connects; the pool is the caller's. */
export async function openPostgres(url: string, options?: CallOptions): Promise<OpenPostgres> {
  options?.signal?.throwIfAborted();
  const { Pool } = await load();
  const index = serverName("postgres", url);
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that is lost while idle is replaced by the next statement.
  pool.on("error", () => {});
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= pool.end();
    return ended;
  };
  try {
    await queryOver(pool, index)("SELECT 1", [], "connect", options);
  } catch (error) {
    // It waits for the connection that is being made, as who called does no longer.
    const ending = end();
    if (options?.signal?.aborted) ending.catch(() => {});
    else await ending;
    throw error;
  }
  return { pool, index, end };
}

async function load(): Promise<{ readonly Pool: typeof import("pg").Pool }> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    const hint = "npm install pg";
    throw new AtdataError("UNSUPPORTED", "pg is not installed", { operation: "connectPostgres" }, { cause, hint });
  }
}

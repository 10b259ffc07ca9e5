import type { IndexProvider } from "@atdata/core";
import { connectPostgres } from "@atdata/local/postgres";
import { connectRedis } from "@atdata/local/redis";
import { sqliteIndex } from "@atdata/local/sqlite";

/** Opens the index at a url of Redis or Postgres, or in a file of SQLite. */
export async function openProvider(at: string): Promise<IndexProvider & AsyncDisposable> {
  if (at.startsWith("redis:")) return connectRedis(at);
  if (at.startsWith("postgres:")) return connectPostgres(at);
  return sqliteIndex(at);
}

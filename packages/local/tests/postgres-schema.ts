import { startPostgres } from "@atdata/local/services";
import pg from "pg";
import { type GivenService, givenService } from "./given-service.ts";

/** A Postgres for tests, with schemas of its database to be had one after the other. */
export interface PostgresForTests extends GivenService {
  /** Makes an empty schema; gives the url whose connections see it alone, and what drops it. */
  emptySchema(): Promise<{ readonly url: string; readonly name: string; drop(): Promise<void> }>;
}

/** Takes the Postgres of `ATDATA_TEST_POSTGRES_URL`, or starts one. */
export async function postgresForTests(): Promise<PostgresForTests> {
  const given = await givenService("ATDATA_TEST_POSTGRES_URL", startPostgres);
  const run = async (text: string): Promise<void> => {
    const client = new pg.Client(given.url);
    await client.connect();
    await client.query("SET client_min_messages = warning");
    await client.query(text);
    await client.end();
  };
  return {
    ...given,
    async emptySchema() {
      const name = `atdata_${Math.random().toString(36).slice(2)}`;
      const url = new URL(given.url);
      url.searchParams.set("options", `-c search_path=${name}`);
      await run(`CREATE SCHEMA ${name}`);
      return { url: url.href, name, drop: () => run(`DROP SCHEMA ${name} CASCADE`) };
    },
  };
}

/** Makes a pool. Its end does not wait for its connections, so that one that the server ends first is no failure. */
export function poolOf(url: string, options: pg.PoolConfig = {}): pg.Pool {
  return new pg.Pool({ connectionString: url, ...options }).on("error", () => {});
}

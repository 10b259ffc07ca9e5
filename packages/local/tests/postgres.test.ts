import { indexProviderCases, register } from "@atdata/conformance";
import { connectPostgres, postgresIndex } from "@atdata/local/postgres";
import { startPostgres } from "@atdata/local/services";
import pg from "pg";
import { afterAll, describe, it } from "vitest";
import { givenService } from "./given-service.ts";

const postgres = await givenService("ATDATA_TEST_POSTGRES_URL", startPostgres);
afterAll(() => postgres.stop());

/** The url of an empty schema of that database, and what drops it. */
async function emptySchema(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `atdata_${Math.random().toString(36).slice(2)}`;
  const url = new URL(postgres.url);
  url.searchParams.set("options", `-c search_path=${name}`);
  await run(`CREATE SCHEMA ${name}`);
  return { url: url.href, drop: () => run(`DROP SCHEMA ${name} CASCADE`) };
}

async function run(text: string): Promise<void> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query("SET client_min_messages = warning");
  await client.query(text);
  await client.end();
}

describe.skipIf(postgres.missing)(`connectPostgres${postgres.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const { url, drop } = await emptySchema();
    return { provider: await connectPostgres(url), reopen: () => connectPostgres(url), dispose: drop };
  });
});

describe.skipIf(postgres.missing)(`postgresIndex over a pool of the caller${postgres.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const { url, drop } = await emptySchema();
    // One connection: a listing must not keep it.
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    return {
      provider: postgresIndex(pool),
      reopen: async () => postgresIndex(pool),
      async dispose() {
        await pool.end();
        await drop();
      },
    };
  });
});

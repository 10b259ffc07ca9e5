import { indexProviderCases, register } from "@atdata/conformance";
import { connectPostgres, postgresIndex } from "@atdata/local/postgres";
import { afterAll, describe, it } from "vitest";
import { poolOf, postgresForTests } from "./postgres-schema.ts";

const postgres = await postgresForTests();
afterAll(() => postgres.stop());

describe.skipIf(postgres.missing)(`connectPostgres${postgres.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const { url, drop } = await postgres.emptySchema();
    return { provider: await connectPostgres(url), reopen: () => connectPostgres(url), dispose: drop };
  });
});

describe.skipIf(postgres.missing)(`postgresIndex over a pool of the caller${postgres.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const { url, drop } = await postgres.emptySchema();
    // One connection: a listing must not keep it.
    const pool = poolOf(url, { max: 1 });
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

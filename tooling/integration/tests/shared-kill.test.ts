import { startPostgres, startRedis } from "@atdata/local/services";
import { describe, it } from "vitest";
import { checkKilledIndex, writeOnAfterKill } from "../src/check-killed-index.ts";
import { ROUNDS, writeAndKill } from "../src/killed-workers.ts";
import { openProvider } from "../src/open-provider.ts";
import type { Said } from "../src/put-work.ts";
import { seededRandom } from "../src/random.ts";
import { startForTests } from "../src/start-for-tests.ts";

const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);

describe.each([
  ["Redis", startRedis],
  ["Postgres", startPostgres],
] as const)(`eight processes that write one %s index while four of them are killed (seed ${seed})`, (name, start) => {
  it("lose nothing that was acknowledged, tear nothing, and have one winner of each version", {
    timeout: 180_000 * ROUNDS,
  }, async (context) => {
    const random = seededRandom(seed + name.length);
    for (let round = 0; round < ROUNDS; round++) {
      const started = await startForTests(start);
      if (typeof started === "string") return context.skip(started);
      await using service = started;
      const all = await writeAndKill<Said>({ child: "put-forever.ts", args: [service.url], random, within: 150 });
      await using provider = await openProvider(service.url);
      await checkKilledIndex(provider, all);
      await writeOnAfterKill(provider, all);
    }
  });
});

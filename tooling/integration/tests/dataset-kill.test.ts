import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startPostgres, startRedis } from "@atdata/local/services";
import { afterAll, describe, expect, it } from "vitest";
import { checkKilledDatasets, writeDatasetsAfterKill } from "../src/check-killed-datasets.ts";
import { type DatasetSaid, openPlace, type WorkPlace } from "../src/dataset-work.ts";
import { ROUNDS, writeAndKill } from "../src/killed-workers.ts";
import { type Random, seededRandom } from "../src/random.ts";
import { startBucket } from "../src/s3-bucket.ts";
import { scratch } from "../src/scratch.ts";
import { startForTests } from "../src/start-for-tests.ts";

const root = scratch();
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);
const timeout = 300_000 * ROUNDS;

/** Kills writers at a place, and checks what they leave; `list` names all files of its store that can be seen. */
async function killAt(work: WorkPlace, random: Random, list: () => Promise<readonly string[]>): Promise<void> {
  const args = [JSON.stringify(work)];
  const all = await writeAndKill<DatasetSaid>({ child: "datasets-forever.ts", args, random, within: 2000 });
  await using place = await openPlace(work);
  await checkKilledDatasets(place, await list(), all);
  expect(await writeDatasetsAfterKill(place, all)).toBeGreaterThan(0);
}

describe(`eight processes that write datasets while four of them are killed (seed ${seed})`, () => {
  it("leave nothing torn in a folder, with their index in SQLite", { timeout }, async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const store = join(root, `sqlite-${round}`);
      const list = async () => readdirSync(store).filter((name) => !name.startsWith("."));
      await killAt({ index: join(root, `sqlite-${round}.db`), store }, random, list);
    }
  });

  it("leave nothing torn in a folder, with their index in Postgres", { timeout }, async (context) => {
    const random = seededRandom(seed + 1);
    for (let round = 0; round < ROUNDS; round++) {
      const started = await startForTests(startPostgres);
      if (typeof started === "string") return context.skip(started);
      await using postgres = started;
      const store = join(root, `postgres-${round}`);
      const list = async () => readdirSync(store).filter((name) => !name.startsWith("."));
      await killAt({ index: postgres.url, store }, random, list);
    }
  });

  describe("into a bucket of Ceph, with their index in Redis,", () => {
    let stop: () => Promise<void> = async () => {};
    afterAll(() => stop());

    it("leave nothing torn", { timeout }, async (context) => {
      const bucket = await startBucket();
      if (typeof bucket === "string") return context.skip(bucket);
      stop = bucket.stop;
      const { url: endpoint, credentials } = bucket.service;
      const random = seededRandom(seed + 2);
      // A round takes a minute and more here: Ceph answers each of thousands of requests in tens of milliseconds.
      for (let round = 0; round < ROUNDS / 2; round++) {
        const started = await startForTests(startRedis);
        if (typeof started === "string") return context.skip(started);
        await using redis = started;
        const prefix = `kill-${round}`;
        const store = { endpoint, credentials, bucket: bucket.bucket, prefix };
        await killAt({ index: redis.url, store }, random, async () => (await bucket.contents(prefix)).objects);
      }
    });
  });
});

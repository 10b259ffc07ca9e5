import type { StoreWrite } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { pattern, rejection, rejectsWithCode, same, sha256 } from "./expect.ts";
import {
  fill,
  GONE,
  JSON_ONE,
  type MakeStore,
  ONE,
  SIDE,
  sameFiles,
  withStore,
  writeDataset,
  writeShard,
} from "./store-fixture.ts";

/** The rules of writing a dataset. */
export const storeWriteCases: readonly ConformanceCase<MakeStore>[] = [
  {
    id: "store/isolated",
    rule: "what one factory call made is not seen by another",
    run: (make) =>
      withStore(make, async (one) => {
        await writeDataset(one, "d", ONE, SIDE);
        await withStore(make, (other) => sameFiles(other, GONE));
      }),
  },
  {
    id: "store/commit-shows-everything",
    rule: "after the commit shards, small files and dataset.json are there, at the urls that were told",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        for (const [name, bytes] of Object.entries(ONE)) {
          const stored = await writeShard(write, name, bytes);
          same(stored.url, store.url(name), "url of the stored shard");
        }
        await fill(write, {}, SIDE);
        await write.commit(JSON_ONE);
        await sameFiles(store, { ...ONE, ...SIDE, "d.dataset.json": JSON_ONE });
      }),
  },
  {
    id: "store/hash-and-length",
    rule: "a shard's sha256 and length are those of its bytes, also of an empty one",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        for (const [i, length] of [0, 1, 70_000].entries()) {
          const stored = await writeShard(write, `d-00000${i}.tar`, pattern(length, i));
          same(stored.bytes, length, "bytes");
          same(stored.sha256, await sha256(pattern(length, i)), "sha256");
        }
        await write.abort();
      }),
  },
  {
    id: "store/memory-may-be-reused",
    rule: "once a write or put has settled, its memory may be overwritten",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        await writeShard(write, "d.tar", pattern(5000));
        const small = pattern(100);
        await write.put("d.rollup.parquet", small);
        small.fill(0);
        const json = new Uint8Array(JSON_ONE);
        await write.commit(json);
        json.fill(0);
        const files = { "d.tar": pattern(5000), "d.rollup.parquet": pattern(100), "d.dataset.json": JSON_ONE };
        await sameFiles(store, files);
      }),
  },
  {
    id: "store/invisible-before-commit",
    rule: "nothing is visible before the commit",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        await fill(write, ONE, SIDE);
        await sameFiles(store, { ...GONE, "d.rollup.parquet": undefined });
        await write.commit(JSON_ONE);
      }),
  },
  {
    id: "store/abort-leaves-nothing",
    rule: "after abort, or disposal without commit, nothing is there and the name is free",
    run: (make) =>
      withStore(make, async (store) => {
        for (const end of [(write: StoreWrite) => write.abort(), (write: StoreWrite) => write[Symbol.asyncDispose]()]) {
          const write = await store.begin("d");
          await fill(write, ONE, SIDE);
          const sink = await write.shard("d-000009.tar");
          await sink.write(pattern(10));
          await end(write);
          await sameFiles(store, { ...GONE, "d-000009.tar": undefined });
        }
        await writeDataset(store, "d", ONE);
        await sameFiles(store, ONE);
      }),
  },
  {
    id: "store/end-is-final",
    rule: "commit and abort may be repeated, and after one the other does nothing",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        await fill(write, ONE);
        await write.commit(JSON_ONE);
        await write.commit(pattern(3));
        await write.abort();
        await write[Symbol.asyncDispose]();
        await sameFiles(store, { ...ONE, "d.dataset.json": JSON_ONE });
        const aborted = await store.begin("e");
        await aborted.abort();
        await aborted.abort();
        await aborted.commit(JSON_ONE);
        await sameFiles(store, { "e.dataset.json": undefined });
      }),
  },
  {
    id: "store/refuses-after-end",
    rule: "after commit or abort neither shards nor small files are taken",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        await write.abort();
        await rejection(write.shard("d.tar"), "shard after abort");
        await rejection(write.put("d.rollup.parquet", pattern(3)), "put after abort");
        await sameFiles(store, { "d.tar": undefined, "d.rollup.parquet": undefined });
      }),
  },
  {
    id: "store/exists",
    rule: "a dataset that exists is DATASET_EXISTS for begin, and stays as it is",
    run: (make) =>
      withStore(make, async (store) => {
        await writeDataset(store, "d", ONE, SIDE);
        await rejectsWithCode(store.begin("d"), "DATASET_EXISTS", "begin");
        await sameFiles(store, { ...ONE, ...SIDE });
      }),
  },
  {
    id: "store/one-winner",
    rule: "of two writes of one name the first commit wins; the other is DATASET_EXISTS and leaves nothing",
    run: (make) =>
      withStore(make, async (store) => {
        const [first, second] = [await store.begin("d"), await store.begin("d")];
        await fill(first, ONE);
        await fill(second, { "d-000000.tar": pattern(60, 8), "d-000007.tar": pattern(60, 9) });
        await first.commit(JSON_ONE);
        await rejectsWithCode(second.commit(pattern(3)), "DATASET_EXISTS", "second commit");
        await sameFiles(store, { ...ONE, "d.dataset.json": JSON_ONE, "d-000007.tar": undefined });
      }),
  },
  {
    id: "store/one-winner-at-once",
    rule: "of many commits of one name at the same time exactly one wins, and all files are its own",
    run: (make) =>
      withStore(make, async (store) => {
        const writes = await Promise.all(Array.from({ length: 8 }, () => store.begin("d")));
        const shards = writes.map((_, i) => ({ "d-000000.tar": pattern(500, i), "d-000001.tar": pattern(501, i) }));
        for (const [i, write] of writes.entries()) await fill(write, shards[i] ?? {});
        const results = await Promise.allSettled(writes.map((write, i) => write.commit(pattern(20, i))));
        const winners = results.flatMap((result, i) => (result.status === "fulfilled" ? [i] : []));
        same(winners.length, 1, "number of winners");
        const winner = winners[0] ?? -1;
        await sameFiles(store, { ...shards[winner], "d.dataset.json": pattern(20, winner) });
      }),
  },
];

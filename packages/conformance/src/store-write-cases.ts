import { baseName, type StoreWrite } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { ensure, pattern, rejection, rejectsWithCode, same, sha256 } from "./expect.ts";
import {
  COMMIT,
  fill,
  gone,
  JSON_ONE,
  type MakeStore,
  ONE,
  placed,
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
        const names = await writeDataset(one, "d", ONE, SIDE);
        await withStore(make, (other) => sameFiles(other, gone([COMMIT, ...Object.values(names)])));
      }),
  },
  {
    id: "store/commit-shows-everything",
    rule: "after the commit shards, small files and dataset.json are there, at the urls that were told",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        const files: Record<string, Uint8Array> = { [COMMIT]: JSON_ONE };
        for (const [name, bytes] of Object.entries(ONE)) {
          const { url } = await writeShard(write, name, bytes);
          same(url, store.url(baseName(url)), "url of the stored shard");
          files[baseName(url)] = bytes;
        }
        Object.assign(files, placed(await fill(write, {}, SIDE), SIDE));
        same(Object.keys(files).length, 5, "number of names");
        await write.commit(JSON_ONE);
        await sameFiles(store, files);
      }),
  },
  {
    id: "store/names",
    rule: "names are the ones asked for, or all have one token behind the stem; what is named by a shard stays so",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        const stored = await writeShard(write, "d-000000.tar", pattern(10));
        const name = baseName(stored.url);
        const token = /^d(|-[0-9a-f]{16})-000000\.tar$/.exec(name)?.[1];
        ensure(token !== undefined, `d-000000.tar has the name ${name}`);
        const sidecar = name.replace(".tar", ".manifest.json");
        same(await write.put(sidecar, pattern(11)), sidecar, "name of a shard's sidecar");
        const next = baseName((await writeShard(write, "d-000001.tar", pattern(12))).url);
        same(next, `d${token}-000001.tar`, "name of the next shard");
        const rollup = await write.put("d.rollup.parquet", pattern(13));
        same(rollup, `d${token}.rollup.parquet`, "name of a sidecar of the dataset");
        await write.commit(JSON_ONE);
        const shards = { [name]: pattern(10), [next]: pattern(12) };
        await sameFiles(store, { ...shards, [sidecar]: pattern(11), [rollup]: pattern(13), [COMMIT]: JSON_ONE });
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
        const shard = baseName((await writeShard(write, "d.tar", pattern(5000))).url);
        const small = pattern(100);
        const rollup = await write.put("d.rollup.parquet", small);
        small.fill(0);
        const json = new Uint8Array(JSON_ONE);
        await write.commit(json);
        json.fill(0);
        await sameFiles(store, { [shard]: pattern(5000), [rollup]: pattern(100), [COMMIT]: JSON_ONE });
      }),
  },
  {
    id: "store/invisible-before-commit",
    rule: "nothing is visible before the commit",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        const names = await fill(write, ONE, SIDE);
        await sameFiles(store, gone([COMMIT, ...Object.values(names)]));
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
          const names = await fill(write, ONE, SIDE);
          const sink = await write.shard("d-000009.tar");
          await sink.write(pattern(10));
          await end(write);
          await sameFiles(store, gone([COMMIT, "d-000009.tar", ...Object.values(names)]));
        }
        await sameFiles(store, placed(await writeDataset(store, "d", ONE), ONE));
      }),
  },
  {
    id: "store/end-is-final",
    rule: "commit and abort may be repeated, and after one the other does nothing",
    run: (make) =>
      withStore(make, async (store) => {
        const write = await store.begin("d");
        const names = await fill(write, ONE);
        await write.commit(JSON_ONE);
        await write.commit(pattern(3));
        await write.abort();
        await write[Symbol.asyncDispose]();
        await sameFiles(store, { ...placed(names, ONE), [COMMIT]: JSON_ONE });
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
        const names = await writeDataset(store, "d", ONE, SIDE);
        await rejectsWithCode(store.begin("d"), "DATASET_EXISTS", "begin");
        await sameFiles(store, placed(names, { ...ONE, ...SIDE }));
      }),
  },
  {
    id: "store/one-winner",
    rule: "of two writes of one name the first commit wins; the other is DATASET_EXISTS and leaves nothing",
    run: (make) =>
      withStore(make, async (store) => {
        const [first, second] = [await store.begin("d"), await store.begin("d")];
        const won = placed(await fill(first, ONE), ONE);
        const lost = await fill(second, { "d-000000.tar": pattern(60, 8), "d-000007.tar": pattern(60, 9) });
        await first.commit(JSON_ONE);
        await rejectsWithCode(second.commit(pattern(3)), "DATASET_EXISTS", "second commit");
        await second.abort();
        await second[Symbol.asyncDispose]();
        await sameFiles(store, { ...gone(Object.values(lost)), ...won, [COMMIT]: JSON_ONE });
      }),
  },
  {
    id: "store/one-winner-at-once",
    rule: "of many commits of one name at the same time exactly one wins, and all files are its own",
    run: (make) =>
      withStore(make, async (store) => {
        const writes = await Promise.all(Array.from({ length: 8 }, () => store.begin("d")));
        const shards = writes.map((_, i) => ({ "d-000000.tar": pattern(500, i), "d-000001.tar": pattern(501, i) }));
        const names = [];
        for (const [i, write] of writes.entries()) names.push(await fill(write, shards[i] ?? {}));
        const results = await Promise.allSettled(writes.map((write, i) => write.commit(pattern(20, i))));
        const winners = results.flatMap((result, i) => (result.status === "fulfilled" ? [i] : []));
        same(winners.length, 1, "number of winners");
        const winner = winners[0] ?? -1;
        const left = placed(names[winner] ?? {}, shards[winner] ?? {});
        const lost = gone(names.flatMap((each) => Object.values(each)));
        await sameFiles(store, { ...lost, ...left, [COMMIT]: pattern(20, winner) });
      }),
  },
];

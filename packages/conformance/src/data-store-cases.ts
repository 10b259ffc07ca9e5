import type { ConformanceCase } from "./case.ts";
import { pattern, rejectsWithReason, same, sameBytes } from "./expect.ts";
import {
  COMMIT,
  datasetJson,
  type Files,
  fill,
  gone,
  JSON_ONE,
  type MakeStore,
  needsRanges,
  ONE,
  placed,
  SIDE,
  sameFiles,
  withStore,
  writeDataset,
} from "./store-fixture.ts";

import { storeWriteCases } from "./store-write-cases.ts";

const overwriteCases: readonly ConformanceCase<MakeStore>[] = [
  {
    id: "store/overwrite-replaces",
    rule: "overwrite removes the shards and sidecars that the old dataset.json names, and nothing else",
    run: (make) =>
      withStore(make, async (store) => {
        const old = await writeDataset(store, "d", ONE, SIDE);
        const other = { "other.tar": pattern(9) };
        const others = placed(await writeDataset(store, "other", other), other);
        const shard = { "d-000000.tar": pattern(44, 7) };
        const next = placed(await writeDataset(store, "d", shard, {}, true), shard);
        await sameFiles(store, { ...gone(Object.values(old)), ...next, ...others, [COMMIT]: datasetJson(next) });
      }),
  },
  {
    id: "store/overwrite-aborted",
    rule: "an overwrite changes nothing before its commit, and nothing at all when it is aborted",
    run: (make) =>
      withStore(make, async (store) => {
        const names = await writeDataset(store, "d", ONE, SIDE);
        const [shards, small] = [placed(names, ONE), placed(names, SIDE)];
        const before = { ...shards, ...small, [COMMIT]: datasetJson(shards, small) };
        const write = await store.begin("d", { overwrite: true });
        await fill(write, { "d-000000.tar": pattern(44, 7) });
        await sameFiles(store, before);
        await write.abort();
        await sameFiles(store, before);
      }),
  },
  {
    id: "store/similar-names",
    rule: "datasets whose names start alike do not touch each other",
    run: (make) =>
      withStore(make, async (store) => {
        const [x, y, d] = [{ "d-x.tar": pattern(8) }, { "d-y.tar": pattern(7) }, { "d.tar": pattern(5) }];
        const files: Files = placed(await writeDataset(store, "d-y", y), y);
        const open = await store.begin("d-x");
        const opened = placed(await fill(open, x), x);
        const old = await writeDataset(store, "d", ONE);
        const next = placed(await writeDataset(store, "d", d, {}, true), d);
        await open.commit(JSON_ONE);
        await sameFiles(store, { ...files, ...opened, ...gone(Object.values(old)), ...next });
      }),
  },
];

const smallFileCases: readonly ConformanceCase<MakeStore>[] = [
  {
    id: "store/create-once",
    rule: "create takes a name only once, and of many at the same time one wins",
    run: (make) =>
      withStore(make, async (store) => {
        same(await store.create("a.json", pattern(5, 1)), true, "first create");
        same(await store.create("a.json", pattern(6, 2)), false, "second create");
        sameBytes(await store.get("a.json"), pattern(5, 1), "a.json");
        const won = await Promise.all(Array.from({ length: 8 }, (_, i) => store.create("b.json", pattern(9, i))));
        same(won.filter(Boolean).length, 1, "number of winners");
        sameBytes(await store.get("b.json"), pattern(9, won.indexOf(true)), "b.json");
      }),
  },
  {
    id: "store/get",
    rule: "get gives undefined for what is not there, and otherwise bytes of the caller's own",
    run: (make) =>
      withStore(make, async (store) => {
        same(await store.get("none.json"), undefined, "get of a missing file");
        const given = pattern(5, 1);
        await store.create("a.json", given);
        given.fill(0);
        (await store.get("a.json"))?.fill(0);
        sameBytes(await store.get("a.json"), pattern(5, 1), "a.json");
      }),
  },
  {
    id: "store/delete",
    rule: "delete tells whether the file was there, and then it is not",
    run: (make) =>
      withStore(make, async (store) => {
        await store.create("a.json", pattern(5, 1));
        same(await store.delete("a.json"), true, "delete");
        same(await store.delete("a.json"), false, "delete again");
        await sameFiles(store, { "a.json": undefined });
      }),
  },
  {
    id: "store/signal",
    rule: "an aborted signal ends begin, get, create and delete with its reason, and nothing is done",
    run: (make) =>
      withStore(make, async (store) => {
        const reason = new Error("aborted by the kit");
        const options = { signal: AbortSignal.abort(reason) };
        await store.create("a.json", pattern(5, 1));
        await rejectsWithReason(store.begin("d", options), reason, "begin");
        await rejectsWithReason(store.get("a.json", options), reason, "get");
        await rejectsWithReason(store.create("b.json", pattern(5, 1), options), reason, "create");
        await rejectsWithReason(store.delete("a.json", options), reason, "delete");
        await sameFiles(store, { "a.json": pattern(5, 1), "b.json": undefined });
      }),
  },
  {
    id: "store/source-ranges",
    rule: "where the store's source reads ranges, it reads them of committed shards",
    needs: [needsRanges()],
    run: (make) =>
      withStore(make, async (store) => {
        const names = await writeDataset(store, "d", ONE);
        const got = await store.source.read?.(store.url(names["d-000000.tar"] ?? ""), 1000, 50);
        sameBytes(got, ONE["d-000000.tar"].subarray(1000, 1050), "read");
      }),
  },
];

/** The rules of a `DataStore`. */
export const dataStoreCases: readonly ConformanceCase<MakeStore>[] = [
  ...storeWriteCases,
  ...overwriteCases,
  ...smallFileCases,
];

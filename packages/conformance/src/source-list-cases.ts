import type { ShardInfo } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, ensure, pattern, rejectsWithCode, same, sameBytes } from "./expect.ts";
import { drain, type MakeSource, needsDirectory, needsGlob, type SourceFixture, withFiles } from "./source-fixture.ts";

const FILES: Readonly<Record<string, Uint8Array>> = {
  "d-10.tar": pattern(3, 1),
  "d-2.tar": pattern(4, 2),
  "D-1.tar": pattern(5, 3),
  "d.dataset.json": pattern(6, 4),
  "d-2.manifest.parquet": pattern(7, 5),
};

/** The rules of `list`. */
export const listCases: readonly ConformanceCase<MakeSource>[] = [
  {
    id: "source/list-single",
    rule: "a single url stands for itself, whether it exists or not",
    run: (make) =>
      withFiles(make, FILES, async ({ source, url }) => {
        for (const name of ["d-2.tar", "none.tar"]) {
          const listed = await collect(source.list(url(name)));
          same(listed.length, 1, "number of shards");
          const there = await source
            .open(listed[0]?.url ?? "")
            .then(drain)
            .catch(() => undefined);
          same(there?.length, FILES[name]?.length, `length of what ${name} lists`);
        }
      }),
  },
  {
    id: "source/list-directory",
    rule: "a directory lists its shards by code unit, without sidecars, as urls that open",
    needs: [needsDirectory],
    run: (make) =>
      withFiles(make, FILES, async (fixture) => {
        await sameShards(fixture, fixture.directory ?? "", ["D-1.tar", "d-10.tar", "d-2.tar"]);
      }),
  },
  {
    id: "source/list-glob",
    rule: "a glob lists what it matches by code unit, without sidecars",
    needs: [needsGlob],
    run: (make) =>
      withFiles(make, FILES, async (fixture) => {
        await sameShards(fixture, fixture.glob?.("d*") ?? "", ["d-10.tar", "d-2.tar"]);
        await sameShards(fixture, fixture.glob?.("?-[12].tar") ?? "", ["D-1.tar", "d-2.tar"]);
      }),
  },
  {
    id: "source/list-none",
    rule: "a glob that matches nothing is NO_SHARDS",
    needs: [needsGlob],
    run: (make) =>
      withFiles(make, FILES, async ({ source, glob }) => {
        await rejectsWithCode(collect(source.list(glob?.("x*.tar") ?? "")), "NO_SHARDS", "list");
      }),
  },
];

async function sameShards({ source }: SourceFixture, ref: string, names: readonly string[]): Promise<void> {
  const listed: ShardInfo[] = await collect(source.list(ref));
  const got = listed.map((shard) => names.find((name) => shard.url.endsWith(name)) ?? shard.url);
  same(got, names, `shards of ${ref}`);
  for (const [i, shard] of listed.entries()) {
    const want = FILES[names[i] ?? ""] ?? new Uint8Array();
    sameBytes(await drain(await source.open(shard.url)), want, shard.url);
    ensure(shard.bytes === undefined || shard.bytes === want.length, `${shard.url} tells a wrong length`);
  }
}

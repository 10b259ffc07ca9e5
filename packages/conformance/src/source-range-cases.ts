import type { ConformanceCase } from "./case.ts";
import { ensure, pattern, rejectsWithCode, rejectsWithReason, same, sameBytes } from "./expect.ts";
import { type MakeSource, needsRange, needsSize, withFiles } from "./source-fixture.ts";

const LENGTH = 100_000;

/** The rules of `read` and `size`. */
export const rangeCases: readonly ConformanceCase<MakeSource>[] = [
  {
    id: "source/range",
    rule: "read gives exactly the range, wherever it lies",
    needs: [needsRange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LENGTH) }, async ({ source, url }) => {
        for (const [offset, length] of [
          [0, 1],
          [0, LENGTH],
          [511, 513],
          [LENGTH - 1, 1],
          [70_000, 20_000],
        ] as const) {
          const got = await source.read?.(url("a.tar"), offset, length);
          sameBytes(got, pattern(LENGTH).subarray(offset, offset + length), `read ${offset}+${length}`);
        }
      }),
  },
  {
    id: "source/range-past-end",
    rule: "a range is shorter where the file ends, never padded, and empty behind it",
    needs: [needsRange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LENGTH) }, async ({ source, url }) => {
        const got = await source.read?.(url("a.tar"), LENGTH - 10, 100);
        sameBytes(got, pattern(LENGTH).subarray(LENGTH - 10), "over the end");
        for (const offset of [LENGTH, LENGTH + 1000]) {
          sameBytes(await source.read?.(url("a.tar"), offset, 10), new Uint8Array(), `at ${offset}`);
        }
        sameBytes(await source.read?.(url("a.tar"), 5, 0), new Uint8Array(), "of length 0");
      }),
  },
  {
    id: "source/range-is-the-callers",
    rule: "the bytes of a range are the caller's own",
    needs: [needsRange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LENGTH) }, async ({ source, url }) => {
        const first = await source.read?.(url("a.tar"), 100, 50);
        const copy = first?.slice() ?? new Uint8Array();
        await source.read?.(url("a.tar"), 200, 50);
        sameBytes(first, copy, "an earlier range after a later one");
        first?.fill(0);
        sameBytes(await source.read?.(url("a.tar"), 100, 50), copy, "the range after its bytes were overwritten");
      }),
  },
  {
    id: "source/range-missing",
    rule: "read of a file that does not exist is NOT_FOUND",
    needs: [needsRange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(10) }, async ({ source, url }) => {
        await rejectsWithCode(source.read?.(url("none.tar"), 0, 10), "NOT_FOUND", "read");
      }),
  },
  {
    id: "source/range-concurrent",
    rule: "many ranges at once come back each to its caller",
    needs: [needsRange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LENGTH) }, async ({ source, url }) => {
        const offsets = Array.from({ length: 32 }, (_, i) => (i * 7919) % (LENGTH - 64));
        const all = await Promise.all(offsets.map((offset) => source.read?.(url("a.tar"), offset, 64)));
        for (const [i, offset] of offsets.entries()) {
          sameBytes(all[i], pattern(LENGTH).subarray(offset, offset + 64), `read ${offset}+64`);
        }
      }),
  },
  {
    id: "source/range-signal",
    rule: "an aborted signal ends read with its reason",
    needs: [needsRange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(10) }, async ({ source, url }) => {
        const reason = new Error("aborted by the kit");
        const signal = AbortSignal.abort(reason);
        await rejectsWithReason(source.read?.(url("a.tar"), 0, 1, { signal }), reason, "read");
      }),
  },
  {
    id: "source/size",
    rule: "size tells the length, undefined for a file that does not exist, and obeys its signal",
    needs: [needsSize],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LENGTH), "empty.tar": new Uint8Array() }, async ({ source, url }) => {
        same(await source.size?.(url("a.tar")), LENGTH, "size");
        same(await source.size?.(url("empty.tar")), 0, "size of an empty file");
        ensure((await source.size?.(url("none.tar"))) === undefined, "a missing file has a size");
        const reason = new Error("aborted by the kit");
        const aborted = source.size?.(url("a.tar"), { signal: AbortSignal.abort(reason) });
        await rejectsWithReason(aborted, reason, "size");
      }),
  },
];

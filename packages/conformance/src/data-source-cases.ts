import type { ConformanceCase } from "./case.ts";
import { collect, ensure, pattern, rejectsWithCode, rejectsWithReason, same, sameBytes } from "./expect.ts";
import { drain, type MakeSource, needsChange, withFiles } from "./source-fixture.ts";
import { listCases } from "./source-list-cases.ts";
import { rangeCases } from "./source-range-cases.ts";

const MIB = 1 << 20;
/** Longer than any chunk, and of no even length. */
const LONG = 3 * MIB + 777;

const readCases: readonly ConformanceCase<MakeSource>[] = [
  {
    id: "source/isolated",
    rule: "what one factory call made is not seen by another",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(10) }, async () => {
        await withFiles(make, { "b.tar": pattern(10) }, async ({ source, url }) => {
          await rejectsWithCode(source.open(url("a.tar")), "NOT_FOUND", "open another fixture's file");
        });
      }),
  },
  {
    id: "source/declares",
    rule: "it has a name, schemes without colon, and range reads exactly where it declares them",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(10) }, async ({ source }) => {
        ensure(source.name !== "", "name is empty");
        ensure(source.schemes.length > 0, "no scheme");
        for (const scheme of source.schemes) ensure(/^[a-z][a-z0-9+.-]*$/.test(scheme), `bad scheme ${scheme}`);
        same(typeof source.read === "function", source.capabilities.range, "read is there as capabilities.range says");
      }),
  },
  {
    id: "source/reads-whole",
    rule: "open gives all bytes in plain, non-empty chunks, then undefined for good",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG), "b.tar": new Uint8Array() }, async ({ source, url }) => {
        sameBytes(await drain(await source.open(url("a.tar"))), pattern(LONG), "a.tar");
        sameBytes(await drain(await source.open(url("b.tar"))), new Uint8Array(), "an empty file");
      }),
  },
  {
    id: "source/starts-anywhere",
    rule: "open starts at any byte; at or behind the end there is nothing",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG) }, async ({ source, url }) => {
        for (const start of [0, 1, 511, MIB, LONG - 1, LONG, LONG + 100]) {
          const got = await drain(await source.open(url("a.tar"), { start }));
          sameBytes(got, pattern(LONG).subarray(start), `from ${start}`);
        }
      }),
  },
  {
    id: "source/open-missing",
    rule: "open of a file that does not exist is NOT_FOUND",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(10) }, async ({ source, url }) => {
        await rejectsWithCode(source.open(url("none.tar")), "NOT_FOUND", "open");
      }),
  },
  {
    id: "source/chunk-is-the-consumers",
    rule: "a chunk that was not released never changes, and changing it changes nothing else",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG) }, async ({ source, url }) => {
        const reader = await source.open(url("a.tar"));
        const kept: Uint8Array[] = [];
        const copies: Uint8Array[] = [];
        for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
          copies.push(chunk.slice());
          kept.push(chunk);
        }
        await reader.close();
        for (const [i, chunk] of kept.entries()) sameBytes(chunk, copies[i] ?? new Uint8Array(), `kept chunk ${i}`);
        for (const chunk of kept) chunk.fill(0);
        sameBytes(
          await drain(await source.open(url("a.tar"))),
          pattern(LONG),
          "the file after chunks were overwritten",
        );
      }),
  },
  {
    id: "source/release",
    rule: "released memory is never given out twice at once; a second or foreign release does no harm",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG) }, async ({ source, url }) => {
        sameBytes(await drain(await source.open(url("a.tar")), true), pattern(LONG), "with every chunk released");
        const reader = await source.open(url("a.tar"));
        const foreign = new Uint8Array(LONG).fill(7);
        reader.release?.(foreign);
        const first = await reader.next();
        for (let twice = 0; first !== undefined && twice < 2; twice++) reader.release?.(first);
        const held: { chunk: Uint8Array; copy: Uint8Array }[] = [];
        for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
          held.push({ chunk, copy: chunk.slice() });
        }
        await reader.close();
        for (const { chunk, copy } of held) sameBytes(chunk, copy, "a chunk that was kept after another was released");
        ensure(
          foreign.every((byte) => byte === 7),
          "memory that the reader never gave out was written to",
        );
      }),
  },
  {
    id: "source/prefer",
    rule: "a preferred length never changes the bytes",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG) }, async ({ source, url }) => {
        for (const length of [1_000, 150_528, 1_500_000, 5 * MIB]) {
          const reader = await source.open(url("a.tar"));
          reader.prefer?.(length);
          sameBytes(await drain(reader, true), pattern(LONG), `preferring ${length}`);
        }
      }),
  },
  {
    id: "source/close",
    rule: "close may be called twice and while next is pending, which then settles",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG) }, async ({ source, url }) => {
        const reader = await source.open(url("a.tar"));
        await reader.next();
        const pending = reader.next().catch(() => undefined);
        await Promise.all([reader.close(), reader.close()]);
        await pending;
        const after = await reader.next().catch(() => undefined);
        ensure(after === undefined, "next gives bytes after close");
      }),
  },
  {
    id: "source/signal",
    rule: "an aborted signal ends open, and a reader's next, with its reason",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG) }, async ({ source, url }) => {
        const reason = new Error("aborted by the kit");
        const signal = AbortSignal.abort(reason);
        await rejectsWithReason(source.open(url("a.tar"), { signal }), reason, "open");
        const controller = new AbortController();
        const reader = await source.open(url("a.tar"), { signal: controller.signal });
        await reader.next();
        controller.abort(reason);
        await rejectsWithReason(reader.next(), reason, "next");
        await reader.close();
        await rejectsWithReason(collect(source.list(url("a.tar"), { signal })), reason, "list");
      }),
  },
  {
    id: "source/interleaved",
    rule: "readers of one source do not disturb each other",
    run: (make) =>
      withFiles(make, { "a.tar": pattern(LONG, 1), "b.tar": pattern(LONG, 2) }, async ({ source, url }) => {
        const opened = await Promise.all(["a.tar", "b.tar", "a.tar"].map((name) => source.open(url(name))));
        const all = await Promise.all(opened.map((reader) => drain(reader, true)));
        for (const [i, seed] of [1, 2, 1].entries()) sameBytes(all[i], pattern(LONG, seed), `reader ${i}`);
      }),
  },
  {
    id: "source/changed",
    rule: "a file that is replaced while it is read gives the old bytes or SOURCE_CHANGED, never a mixture",
    needs: [needsChange],
    run: (make) =>
      withFiles(make, { "a.tar": pattern(8 * MIB, 1) }, async ({ source, url, change }) => {
        const reader = await source.open(url("a.tar"));
        const first = await reader.next();
        const skipped = first?.length ?? 0;
        await change?.("a.tar", pattern(6 * MIB, 2));
        const rest = drain(reader);
        const bytes = await rest.catch(() => undefined);
        if (bytes === undefined) await rejectsWithCode(rest, "SOURCE_CHANGED", "reading on");
        else sameBytes(bytes, pattern(8 * MIB, 1).subarray(skipped), "the rest of the old file");
      }),
  },
];

/** The rules of a `DataSource`. */
export const dataSourceCases: readonly ConformanceCase<MakeSource>[] = [...readCases, ...rangeCases, ...listCases];

import { memoryIndex, memorySource, noopTelemetry } from "@atdata/core";
import { describe, expect, it } from "vitest";
import {
  type ConformanceCase,
  ConformanceError,
  check,
  checkBackend,
  countingSource,
  register,
  slowSource,
} from "../src/index.ts";

const CASES: readonly ConformanceCase<() => number>[] = [
  { id: "x/passes", rule: "passes", run: async () => {} },
  { id: "x/fails", rule: "fails", run: async (make) => Promise.reject(new ConformanceError(`got ${make()}`)) },
  { id: "x/skips", rule: "skips", needs: [{ capability: "wings", has: async () => false }], run: async () => {} },
  { id: "x/soon", rule: "is upcoming", state: "upcoming", run: async () => Promise.reject(new Error("not yet")) },
];

/** A runner that keeps the tests, to be run by hand. */
function keeper(): {
  describe: (name: string, body: () => void) => void;
  it: (name: string, run: (context: { skip(reason?: string): void }) => Promise<void>) => void;
  run(): Promise<string[]>;
} {
  const tests: [string, (context: { skip(reason?: string): void }) => Promise<void>][] = [];
  return {
    describe: (_, body) => body(),
    it: (name, run) => {
      tests.push([name, run]);
    },
    async run() {
      const lines: string[] = [];
      for (const [name, run] of tests) {
        let line = "passed";
        const skip = (reason?: string): void => {
          line = `skipped ${reason}`;
        };
        await run({ skip }).catch((error: unknown) => {
          line = `failed ${error instanceof Error ? error.message : ""}`;
        });
        lines.push(`${name} - ${line}`);
      }
      return lines;
    },
  };
}

describe("check", () => {
  it("reports each case and counts skips, and does not reject for a broken rule", async () => {
    const report = await check(CASES, () => 7);
    expect(report).toMatchObject({ protocolVersion: 1, passed: 1, failed: 1, skipped: 1 });
    expect(report.results.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ["x/passes", "passed", undefined],
      ["x/fails", "failed", "got 7"],
      ["x/skips", "skipped", "no wings"],
      ["x/soon", "upcoming", "not yet"],
    ]);
  });
});

describe("checkBackend", () => {
  it("reports on each protocol that there is a factory for, in an order of its own", async () => {
    const reports = await checkBackend({
      makeTelemetry: () => ({ telemetry: noopTelemetry }),
      makeIndexProvider: () => ({ provider: { ...memoryIndex(), getEntry: async () => undefined } }),
    });
    expect(reports.map(({ protocol }) => protocol)).toEqual(["IndexProvider", "Telemetry"]);
    expect(reports[0]?.failed).toBeGreaterThan(0);
    expect(reports[0]?.results.filter(({ outcome }) => outcome === "skipped").map(({ reason }) => reason)).toEqual([
      ...["no putLabelled", "no putLabelled", "no putLabelled"],
      ...["no persistence", "no persistence", "no persistence"],
    ]);
    expect(reports[1]?.failed).toBe(0);
    expect(await checkBackend({})).toEqual([]);
  });
});

describe("register", () => {
  it("declares a test for each case, tells the runner about skips, and notices when one did not run", async () => {
    const runner = keeper();
    register(runner, CASES, () => 7);
    expect(await runner.run()).toEqual([
      "runs against the protocols of this version - passed",
      "x/passes: passes - passed",
      "x/fails: fails - failed got 7",
      "x/skips: skips - skipped no wings",
      "x/soon: is upcoming - skipped not yet",
      "leaves out no case - passed",
    ]);
    const partial = keeper();
    register({ ...partial, it: (name, run) => name.startsWith("x/p") || partial.it(name, run) }, CASES, () => 7);
    expect((await partial.run()).at(-1)).toBe("leaves out no case - failed 3 of 4 cases ran");
  });
});

describe("countingSource", () => {
  it("counts opens, ranges, bytes and readers that are open", async () => {
    const source = countingSource(memorySource({ a: new Uint8Array(100) }));
    const reader = await source.open("a", { start: 40 });
    await reader.next();
    await source.read?.("a", 10, 20);
    expect([source.opens, source.reads, source.bytes, source.openReaders]).toEqual([
      ["a"],
      [{ url: "a", offset: 10, length: 20 }],
      80,
      1,
    ]);
    await Promise.all([reader.close(), reader.close()]);
    expect(source.openReaders).toBe(0);
  });
});

describe("slowSource", () => {
  it("takes its time for each call and chunk, and ends at an abort", async () => {
    const source = slowSource(memorySource({ a: new Uint8Array(100) }), 10);
    expect(source.capabilities).toEqual({ range: true, local: false });
    const started = performance.now();
    const reader = await source.open("a");
    expect(await reader.next()).toHaveLength(100);
    expect(performance.now() - started).toBeGreaterThan(18);
    const controller = new AbortController();
    const slow = slowSource(memorySource({ a: new Uint8Array(100) }), 60_000);
    const read = slow.read?.("a", 0, 1, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(read).rejects.toThrow("enough");
  });
});

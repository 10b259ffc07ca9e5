import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { atdata, scratch } from "./cli.ts";

const folder = scratch();
const core = import.meta.resolve("@atdata/core");

function module(name: string, code: string): string {
  writeFileSync(
    join(folder, name),
    `import { memoryIndex, memoryStore, noopTelemetry } from ${JSON.stringify(core)};\n${code}`,
  );
  return name;
}

function run(...args: readonly string[]): ReturnType<typeof atdata> {
  return atdata(["conformance", ...args], { cwd: folder });
}

test("conformance runs the cases of each factory, and tells what was skipped and why", async () => {
  const good = module(
    "good.mjs",
    `export const makeIndexProvider = () => ({ provider: memoryIndex() });
    export const makeTelemetry = () => ({ telemetry: noopTelemetry });
    export const other = 7;`,
  );
  const { status, stdout, stderr } = await run(good);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^IndexProvider +\d+ passed +0 failed +6 skipped\nTelemetry +\d+ passed +0 failed +3 skipped\n/,
  );
  expect(stdout).toMatch(/skipped index\/persistent: .*\n {2}no persistence\n/);
});

test("a broken rule ends with status 1, as text and as a report", async () => {
  const bad = module(
    "bad.mjs",
    `export const makeIndexProvider = () => ({ provider: { ...memoryIndex(), deleteEntry: async () => true } });`,
  );
  const text = await run(bad);
  expect([text.status, text.stderr]).toEqual([1, ""]);
  expect(text.stdout).toMatch(/failed index\/entry-missing: .*\n {2}delete of id none: want false, got true\n/);
  for (const flag of ["--report", "--json"]) {
    const { status, stdout } = await run(bad, flag);
    expect(status).toBe(1);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({
      module: "bad.mjs",
      protocols: [
        {
          protocol: "IndexProvider",
          protocolVersion: 1,
          results: expect.arrayContaining([
            {
              id: "index/entry-missing",
              rule: expect.any(String),
              outcome: "failed",
              reason: "delete of id none: want false, got true",
            },
          ]),
        },
      ],
    });
  }
});

test.each([
  ["none.mjs", undefined, "error[NOT_FOUND]: there is no such module"],
  ["empty.mjs", "export const make = 1;", "error[FORMAT_INVALID]: module exports no factory"],
  ["number.mjs", "export const makeStore = 1;", "error[FORMAT_INVALID]: makeStore is no function"],
  ["throws.mjs", "throw new Error('not today');", "error[FORMAT_INVALID]: module cannot be imported: not today"],
  ["syntax.mjs", "export const = 1;", "error[FORMAT_INVALID]: module cannot be imported"],
])("%s is a clear error", async (name, code, message) => {
  if (code !== undefined) module(name, code);
  const { status, stdout, stderr } = await run(name);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(message);
  expect(stderr).toContain(name);
  expect(stderr).not.toContain("    at ");
});

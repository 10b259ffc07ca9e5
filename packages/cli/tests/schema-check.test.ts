import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  bytes,
  type Fields,
  float,
  int,
  list,
  ndarray,
  optional,
  type SampleOptions,
  type SampleType,
  sample,
  schemaToLocal,
  str,
} from "@atdata/core";
import { expect, test } from "vitest";
import { atdata, json, scratch } from "./cli.ts";

const folder = scratch();
let count = 0;

/** Writes a type into a file. */
function stored(fields: Fields, options: SampleOptions = {}, name = "Digit"): string {
  const path = join(folder, `type-${count++}.json`);
  writeFileSync(path, JSON.stringify(schemaToLocal(sample(name, fields, options) as SampleType)));
  return path;
}

const v1 = { version: "1.4.2" };
const before = { image: ndarray("uint8", [28, 28]), label: int(), note: optional(str()) };

test("each change is told with its step; the version that it needs, and status 1 where the later type lacks it", async () => {
  const after = {
    image: ndarray("uint8", [28, null]),
    label: float(),
    note: str(),
    tags: list(str()),
    ink: optional(float()),
  };
  const from = stored(before, v1);
  const { status, stdout, stderr } = await atdata(["schema", "check", from, stored(after, { version: "1.5.0" })]);
  expect([status, stderr]).toEqual([1, ""]);
  expect(stdout).toMatchSnapshot();
  expect((await atdata(["schema", "check", from, stored(after, { version: "2.0.0" })])).status).toBe(0);
});

test("what a type may be after another goes by their versions, or where there is none by whether old data reads", async () => {
  const wider = { ...before, ink: optional(float()) };
  const { note: _, ...less } = before;
  const described = { ...before, label: int({ description: "which digit" }) };
  for (const [fields, version, compatibility, next, ok] of [
    [before, "1.4.2", "same", "1.4.2", true],
    [before, "1.4.1", "same", "1.4.2", false],
    [described, "1.4.2", "patch", "1.4.3", false],
    [described, "1.4.3", "patch", "1.4.3", true],
    [wider, "1.4.10", "minor", "1.5.0", false],
    [wider, "1.10.0", "minor", "1.5.0", true],
    [wider, undefined, "minor", "1.5.0", true],
    [less, undefined, "major", "2.0.0", false],
    [less, "10.0.0", "major", "2.0.0", true],
  ] as const) {
    const { status, stdout } = await atdata([
      "schema",
      "check",
      stored(before, v1),
      stored(fields, { version }),
      "--json",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ compatibility, from: "1.4.2", to: version ?? null, next, ok });
    expect(status).toBe(ok ? 0 : 1);
  }
  const bare = await json<{ readonly next: unknown }>("schema", "check", stored(before), stored(wider, v1), "--json");
  expect(bare).toMatchObject({ next: null, from: null, ok: true });
  const removed = await atdata(["schema", "check", stored(before), stored(less), "--json"]);
  expect(removed.status).toBe(1);
  expect(JSON.parse(removed.stdout)).toMatchObject({
    reasons: [{ field: "note", step: "major", what: "removed: what reads it finds nothing" }],
  });
});

test("what cannot be compared is status 2", async () => {
  expect((await atdata(["schema", "check", join(folder, "none.json"), stored(before)])).status).toBe(2);
  expect((await atdata(["schema", "check", stored(before), stored(before), "--lens", "--json"])).status).toBe(2);
});

test("--lens prints a declared lens where declarations can express it, what is to be decided marked", async () => {
  const after = { image: ndarray("float32", [784]), label: str(), note: str(), split: str(), ink: optional(float()) };
  const { status, stdout, stderr } = await atdata([
    "schema",
    "check",
    stored(before),
    stored(after, {}, "Flat"),
    "--lens",
  ]);
  expect([status, stderr]).toEqual([1, expect.stringContaining("a major step")]);
  expect(stdout).toMatchSnapshot();
});

test("--lens prints a lens of functions where they cannot", async () => {
  const after = { label: int(), mask: ndarray("uint8", [28, 28]), raw: optional(bytes()), note: str() };
  const { stdout } = await atdata(["schema", "check", stored(before), stored(after), "--lens"]);
  expect(stdout.slice(stdout.indexOf("export const migrate"))).toMatchSnapshot();
});

import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataStoreCases, indexProviderCases } from "@atdata/conformance";
import { beforeAll, describe, expect, it } from "vitest";
import { install, pack, repository, run } from "../src/installed.ts";
import { scratch } from "../src/scratch.ts";

const folder = scratch();
const example = join(folder, "example");
/** It leaves out the one method that a provider may: putting an entry and its label in one go. */
const skipped = indexProviderCases.filter(({ id }) => id.startsWith("index/labelled-")).length;

beforeAll(async () => {
  cpSync(join(repository, "examples/backend"), example, { recursive: true });
  const file = join(example, "package.json");
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(file, "utf8"));
  const devDependencies = await pack(["core", "conformance"], folder);
  writeFileSync(file, JSON.stringify({ ...manifest, devDependencies }));
  await install(example);
  symlinkSync(join(repository, "node_modules/@types"), join(example, "node_modules/@types"));
}, 120_000);

describe("the example backend, on the packed tarballs of core and conformance,", () => {
  it("passes every case of its protocols under node --test", async () => {
    const output = await run(process.execPath, ["--test", "--test-reporter=tap", "tests/*.test.ts"], example);
    // Each protocol has a test of the versions, and one that no case was left out.
    const tests = indexProviderCases.length - skipped + dataStoreCases.length + 4;
    expect(skipped).toBeGreaterThan(0);
    expect(output).toContain(`\n# pass ${tests}\n# fail 0\n# cancelled 0\n# skipped ${skipped}\n`);
  });

  it("passes the same under the command, with a report", async () => {
    const bin = join(repository, "packages/cli/src/bin.ts");
    const output = await run(process.execPath, [bin, "conformance", "tests/backend.ts", "--report"], example);
    expect(JSON.parse(output)).toMatchObject({
      module: "tests/backend.ts",
      protocols: [
        { protocol: "DataStore", passed: dataStoreCases.length, failed: 0, skipped: 0 },
        { protocol: "IndexProvider", passed: indexProviderCases.length - skipped, failed: 0, skipped },
      ],
    });
  });

  it("compiles", async () => {
    await run(process.execPath, [join(repository, "node_modules/typescript/bin/tsc"), "-p", example], example);
  });
});

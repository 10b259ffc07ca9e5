import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = `
import { Module } from "node:module";
const loaded = () => Object.keys(Module._cache).some((path) => path.includes("parquet-wasm"));
await import(${JSON.stringify(new URL("../node/index.ts", import.meta.url).href)});
const before = loaded();
const { RowWriter } = await import(${JSON.stringify(new URL("./row-writer.ts", import.meta.url).href)});
await new RowWriter([], false).finish();
console.log(before, loaded());
`;

it("loads WebAssembly with the first file that is written, and not to read", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", SCRIPT]);
  expect(stdout.trim()).toBe("false true");
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { atdata, fixtures, json, scratch, start } from "./cli.ts";
import { writeSamples } from "./tar.ts";

const folder = scratch();
const python = join(fixtures, "python/single.tar");

test("a reader that stops reading, as head does, ends the command quietly", async () => {
  const path = join(folder, "long.tar");
  const text = "x".repeat(10_000);
  writeSamples(path, Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, { text }])));
  const child = start(["preview", path, "-n", "500", "--json"]);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect(await once(child, "close")).toEqual([0, null]);
  expect(stderr).toBe("");
});

test("a reader that does not begin to read ends help quietly", async () => {
  const child = start(["diagnose", "--help"]);
  child.stdout?.destroy();
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  expect([await once(child, "close"), stderr]).toEqual([[0, null], ""]);
});

test("an interrupt ends the command with status 130 and without a word", async () => {
  const server = createServer(() => child.kill("SIGINT"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const child = start(["inspect", `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tar`, "--json"]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  expect(await once(child, "close")).toEqual([130, null]);
  expect(output).toBe("");
});

test("wrong usage is status 2, said on stderr, with a word on what there is", async () => {
  for (const [args, tells] of [
    [["inspekt"], /unknown command 'inspekt'.*inspect/s],
    [["inspect"], /missing required argument 'ref'/],
    [["inspect", "a.tar", "--jsno"], /unknown option '--jsno'.*--json/s],
    [["preview", "a.tar", "--limit", "-1"], /--limit.*Give a whole number/],
    [["preview", "a.tar", "--limit", "many"], /--limit.*Give a whole number/],
    [["schema", "infer", "a.tar", "--samples", "0"], /--samples.*above 0/],
    [["schema", "diff", "a.tar"], /missing required argument 'to'/],
    [[], /Usage: atdata/],
  ] as const) {
    const { status, stdout, stderr } = await atdata(args);
    expect([args, status, stdout]).toEqual([args, 2, ""]);
    expect(stderr).toMatch(tells);
  }
});

test("every command has help with examples, on stdout", async () => {
  for (const command of [
    [],
    ["inspect"],
    ["preview"],
    ["query"],
    ["describe"],
    ["export"],
    ["manifest", "build"],
    ["manifest", "check"],
    ["verify"],
    ["doctor"],
    ["diagnose"],
    ["local", "up"],
    ["local", "down"],
    ["local", "status"],
    ["schema", "show"],
    ["schema", "infer"],
    ["schema", "diff"],
    ["login"],
    ["logout"],
    ["whoami"],
    ["publish"],
    ["lens", "publish"],
    ["lens", "check"],
    ["lens", "verify"],
    ["lens", "list"],
    ["promote"],
    ["search"],
    ["watch"],
    ["version"],
  ]) {
    const { status, stdout, stderr } = await atdata([...command, "--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Usage: atdata/);
    expect(stdout).toMatch(/Examples:\n {2}\$ atdata /);
  }
});

test("a command that has nothing to do with ATProto does not load its libraries", async () => {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name.startsWith("@atproto/")) process.stderr.write("loaded " + name);
      return next(name, context);
    } });`;
  const env = {
    ATDATA_HOME: join(folder, "home"),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
  };
  for (const args of [["inspect", python], ["index", "list"], ["schema", "list"], ["diagnose"], ["login", "--help"]]) {
    const { status, stderr } = await atdata(args, { env });
    expect([args, status, stderr.includes("loaded")]).toEqual([args, 0, false]);
  }
  // What cannot fail shows nothing.
  const { stderr } = await atdata(["inspect", "@did:web:localhost%3A1/x"], { env });
  expect(stderr).toContain("loaded @atproto/");
});

test("colours are for terminals, unless NO_COLOR or FORCE_COLOR says otherwise", async () => {
  const colored = async (env: Record<string, string>, ...args: string[]): Promise<boolean> =>
    (await atdata(args, { env })).stdout.includes("\x1b[");
  for (const args of [["inspect", python], ["preview", python], ["--help"]]) {
    expect(await colored({}, ...args)).toBe(false);
    expect(await colored({ CI: "true" }, ...args)).toBe(false);
    expect(await colored({ FORCE_COLOR: "1" }, ...args)).toBe(true);
    expect(await colored({ FORCE_COLOR: "1", NO_COLOR: "1" }, ...args)).toBe(false);
  }
  expect(await colored({ FORCE_COLOR: "1" }, "inspect", python, "--json")).toBe(false);
});

test("version tells the versions of the command, its libraries and Node", async () => {
  const { version, core, wds, node } = await json<Record<string, string>>("version", "--json");
  expect([version, core, wds]).toEqual(Array(3).fill(expect.stringMatching(/^\d+\.\d+\.\d+/)));
  expect(node).toBe(process.versions.node);
  expect((await atdata(["version"])).stdout).toBe(`atdata ${version}\n`);
  expect((await atdata(["--version"])).stdout).toBe(`atdata ${version}\n`);
});

test("for people, inspect lines up shards and fields, and preview a line a field", async () => {
  const { stdout } = await atdata(["inspect", "single.tar"], { cwd: join(fixtures, "python") });
  expect(stdout.replace(fixtures, "…")).toMatchSnapshot();
  expect((await atdata(["preview", python, "-n", "2"])).stdout.replaceAll(fixtures, "…")).toMatchSnapshot();
});

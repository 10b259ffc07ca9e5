import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingPackages } from "@atdata/local/services";
import { afterAll, describe, expect, test, vi } from "vitest";
import { markProcess } from "../src/local/process-mark.ts";
import { atdata, type Finished, scratch } from "./cli.ts";

// A cluster is started, several times.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

interface Up {
  readonly services: readonly { readonly name: string; readonly program: string; readonly started: boolean }[];
  readonly env: string;
  readonly config: object;
}

interface Status {
  readonly services: readonly { readonly name: string; readonly running: boolean; readonly pids: readonly number[] }[];
}

/** Everything that was printed, and no secret may be in it. */
let printed = "";

/** Runs commands with an `ATDATA_HOME` of their own. */
function inHome(home: string, env: Readonly<Record<string, string>> = {}) {
  return async (...args: string[]): Promise<Finished> => {
    const done = await atdata(args, { cwd: home, env: { ATDATA_HOME: home, ...env } });
    printed += done.stdout + done.stderr;
    return done;
  };
}

/** The variables that a shell gets from the file. */
function variablesOf(file: string): Record<string, string> {
  const lines = readFileSync(file, "utf8").matchAll(/^export (\w+)='(.*)'$/gm);
  return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
}

/** For Node: as if nobody had installed the AWS SDK. */
const withoutSdk = `--import=data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(name, context, next) {
      if (name.startsWith("@aws-sdk/")) throw new Error("there is no such package");
      return next(name, context);
    },
  });`)}`;

const missing = [missingPackages("redis"), missingPackages("ceph")].filter((each) => each !== undefined).join(" ");
const skips = missing !== "" && process.env.CI !== "true";

describe.skipIf(skips)(`servers on this machine${skips ? ` (skipped: apt-get install ${missing})` : ""}`, () => {
  const home = scratch();
  // A docker engine, if there is one, is not what is tried here.
  const noDocker = join(home, "bin");
  mkdirSync(noDocker);
  writeFileSync(join(noDocker, "docker"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const run = inHome(home, { PATH: `${noDocker}:${process.env.PATH}` });
  afterAll(async () => {
    await run("local", "down", "--data");
  });

  test("start, are found running, serve datasets, come back with their data, and end", async () => {
    expect(await run("local", "status")).toEqual({
      status: 1,
      stdout: "nothing was started; atdata local up does\n",
      stderr: "",
    });
    const [one, two] = await Promise.all([run("local", "up", "--json"), run("local", "up", "--json")]);
    // Of two at the same time, one gives way, unless it came when the other had ended.
    expect([one.status, two.status]).toContain(0);
    const first = one.status === 0 ? one : two;
    const up = JSON.parse(first.stdout) as Up;
    expect(up.services.map(({ name, started }) => [name, started])).toEqual([
      ["redis", true],
      ["s3", true],
    ]);
    for (const name of ["env", "state.json"]) expect(statSync(join(home, "local", name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, "local")).mode & 0o777).toBe(0o700);

    writeFileSync(join(home, "config.json"), JSON.stringify(up.config));
    const variables = variablesOf(up.env);
    const use = inHome(home, variables);
    writeFileSync(join(home, "iris.csv"), "a,b\n1,x\n2,y\n");
    expect(await use("write", "@shared/iris", "--from", "iris.csv")).toMatchObject({ status: 0 });

    const before = JSON.parse((await run("local", "status", "--json")).stdout) as Status;
    expect(before.services.map(({ running, pids }) => [running, pids.length])).toEqual([
      [true, 1],
      [true, 3],
    ]);
    const redis = before.services[0]?.pids[0] as number;
    process.kill(redis, "SIGKILL");
    await expect.poll(() => markProcess(redis)).toBeUndefined();
    expect((await run("local", "status")).status).toBe(1);
    const again = JSON.parse((await run("local", "up", "--json")).stdout) as Up;
    expect(again.services.map(({ started }) => started)).toEqual([true, false]);
    expect(again.config).toEqual(up.config);
    expect(variablesOf(up.env)).toEqual(variables);
    expect((await run("local", "status")).stdout).toMatch(
      /^redis +redis-server +redis:\/\/127\.0\.0\.1:\d+ +runs \(\d+\)$/m,
    );

    expect(await run("local", "down")).toMatchObject({ status: 0, stdout: "redis and s3 ended\n" });
    for (const { pids } of before.services) for (const pid of pids) expect(markProcess(pid)).toBeUndefined();
    expect(await run("local", "down")).toMatchObject({ status: 0, stdout: "nothing ran\n" });
    expect(await run("local", "up")).toMatchObject({ status: 0 });
    expect(await use("verify", "@shared/iris", "--deep")).toMatchObject({ status: 0 });

    const { stdout } = await run("local", "down", "--data", "--json");
    expect(JSON.parse(stdout)).toEqual({ stopped: ["redis", "s3"], data: "removed" });
    expect(readdirSync(home)).not.toContain("local");
    const { ATDATA_LOCAL_REDIS, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = variables;
    const password = new URL(ATDATA_LOCAL_REDIS as string).password;
    expect(password.length).toBeGreaterThan(20);
    for (const secret of [password, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]) expect(printed).not.toContain(secret);
  });

  test("need something to run them with", async () => {
    const bare = inHome(join(home, "bare"), { PATH: noDocker });
    mkdirSync(join(home, "bare"));
    const { status, stderr } = await bare("local", "up");
    expect(status).toBe(1);
    expect(stderr).toContain("error[UNSUPPORTED]: there is nothing to run Redis and S3 with");
    expect(stderr).toContain("try: apt-get install redis-server radosgw ceph-mon ceph-osd");
  });
});

test("down removes nothing, and does not say so, where nothing was started", async () => {
  const run = inHome(scratch());
  for (const args of [["--data"], []]) {
    const { status, stdout } = await run("local", "down", ...args);
    expect([status, stdout]).toEqual([0, "nothing was started\n"]);
  }
  expect(JSON.parse((await run("local", "down", "--data", "--json")).stdout)).toEqual({ stopped: [], data: "none" });
});

test("a home that cannot be written into is told by its path", async () => {
  const home = scratch();
  writeFileSync(join(home, "taken"), "");
  const { status, stderr } = await atdata(["local", "up"], { env: { ATDATA_HOME: join(home, "taken") } });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^atdata: error\[IO_ERROR\]: .*url=.*\/taken\/local\n$/)]);
  chmodSync(home, 0o755);
  mkdirSync(join(home, "local"), { mode: 0o555 });
  const closed = await atdata(["local", "up"], { env: { ATDATA_HOME: home }, as: "nobody" });
  expect(closed.stderr).toMatch(/^atdata: error\[ACCESS_DENIED\]: the file cannot be written; url=.*\/local\/lock\n$/);
});

test("where docker has an engine, they are containers", async () => {
  const home = scratch();
  const [bin, notes] = [join(home, "bin"), join(home, "notes")];
  for (const folder of [bin, notes]) mkdirSync(folder);
  const script = `#!/bin/sh\nexec ${process.execPath} ${join(import.meta.dirname, "fake-docker.ts")} "$@"\n`;
  writeFileSync(join(bin, "docker"), script, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}`, FAKE_DOCKER: notes };
  const run = inHome(home, env);

  mkdirSync(join(home, "local/compose.env"), { recursive: true });
  const taken = await run("local", "up");
  expect([taken.status, taken.stderr]).toEqual([1, expect.stringMatching(/error\[IO_ERROR\]: .*\/compose\.env\n$/)]);
  expect(readdirSync(join(home, "local")).sort()).toEqual(["compose.env", "compose.json", "state.json"]);
  rmSync(join(home, "local"), { recursive: true });
  const failed = await inHome(home, { ...env, FAKE_DOCKER_FAILS: "1" })("local", "up");
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain("error[IO_ERROR]: docker compose up failed: no such image");
  const bare = await inHome(home, { ...env, NODE_OPTIONS: withoutSdk })("local", "up");
  expect(bare.stderr).toMatch(
    /^atdata: error\[UNSUPPORTED\]: the AWS SDK is not installed; .*\n {2}try: npm install @aws-sdk\/client-s3\n$/,
  );
  // What runs by now can be used, and ended, all the same.
  expect(Object.keys(variablesOf(join(home, "local/env")))).toContain("ATDATA_LOCAL_REDIS");
  expect((await run("local", "down")).stdout).toBe("redis and s3 ended\n");
  const up = JSON.parse((await run("local", "up", "--json")).stdout) as Up;
  expect(up.services.map(({ name, program, started }) => [name, program, started])).toEqual([
    ["redis", "docker", true],
    ["s3", "docker", true],
  ]);
  const again = JSON.parse((await run("local", "up", "--json")).stdout) as Up;
  expect(again.services.map(({ started }) => started)).toEqual([false, false]);
  expect((await run("local", "status")).stdout).toMatch(/^s3 +docker +http:\/\/127\.0\.0\.1:\d+ +runs$/m);
  expect((await run("local", "down")).stdout).toBe("redis and s3 ended\n");
  expect((await run("local", "down", "--data")).stdout).toBe("nothing ran, all data removed\n");
  expect(existsSync(join(home, "local"))).toBe(false);

  const where = `--file ${home}/local/compose.json --env-file ${home}/local/compose.env`;
  const calls = readFileSync(join(notes, "calls"), "utf8")
    .replaceAll(where, "")
    .replace(/atdata-local-[0-9a-f]{8} +/g, "");
  expect([...new Set(calls.trim().split("\n"))]).toEqual([
    "info",
    "compose version",
    "compose --project-name ps --services --status running",
    "compose --project-name up --detach --wait",
    "compose --project-name down",
    "compose --project-name down --volumes",
  ]);
});

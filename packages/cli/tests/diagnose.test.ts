import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingPackages, startRedis } from "@atdata/local/services";
import { expect, test } from "vitest";
import { atdata, type Finished, type RunOptions, scratch } from "./cli.ts";

const SECRET = "s3ntinel-secret";
const root = scratch();
let count = 0;

interface Report {
  readonly parts: readonly {
    readonly repo: string | null;
    readonly part: string;
    readonly where: string;
    readonly server: string | null;
    readonly latencyMs: number | null;
    readonly findings: readonly { readonly level: string; readonly code: string }[];
  }[];
  readonly broken: number;
  readonly warnings: number;
}

/** An `ATDATA_HOME` with these repositories. */
function homeWith(repos: object): string {
  const home = join(root, String(count++));
  mkdirSync(home);
  // A wrong mode is a finding of its own.
  writeFileSync(join(home, "config.json"), JSON.stringify({ repos }), { mode: 0o600 });
  return home;
}

/** Runs the command, and sees to it that no password is in what it says. */
async function diagnose(home: string, args: string[] = [], options: RunOptions = {}): Promise<Finished> {
  const env = { ATDATA_HOME: home, AWS_SHARED_CREDENTIALS_FILE: join(home, "none"), ...options.env };
  const done = await atdata(["diagnose", ...args], { ...options, env });
  expect(done.stdout + done.stderr).not.toContain(SECRET);
  return done;
}

/** What is found, a line each. */
async function report(home: string, options: RunOptions = {}): Promise<{ status: number | null; found: string[] }> {
  const { status, stdout } = await diagnose(home, ["--json"], options);
  const { parts, broken, warnings } = JSON.parse(stdout) as Report;
  const found = parts.flatMap(({ repo, part, findings }) =>
    findings.map(({ level, code }) => `${repo ?? "-"} ${part} ${level} ${code}`),
  );
  expect(found.filter((line) => line.includes(" broken ")).length).toBe(broken);
  expect(found.filter((line) => line.includes(" warning ")).length).toBe(warnings);
  return { status, found };
}

test("with nothing configured all works, and nothing is made", async () => {
  const home = join(root, "none");
  const { status, stdout, stderr } = await diagnose(home);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.replaceAll(home, "HOME")).toMatchInlineSnapshot(`
    "ok       settings  HOME
    ok       @local index  HOME/index.db
             note  INDEX_NEW: there is no index yet: the first write makes it
    ok       @local store  HOME/data
             note  STORE_NEW: there is no such folder yet: the first write makes it

    all works
    "
  `);
  expect((await report(home)).status).toBe(0);
  expect(existsSync(home)).toBe(false);
});

test("what cannot be reached is broken, and the rest is looked at all the same", async () => {
  const gone = {
    index: `redis://me:${SECRET}@127.0.0.1:1`,
    store: "s3://data",
    s3: { endpoint: "http://127.0.0.1:1" },
  };
  const home = homeWith({ gone, other: { index: `postgres://me:${SECRET}@127.0.0.1:1/x`, store: "shards" } });
  const keys = { AWS_ACCESS_KEY_ID: "me", AWS_SECRET_ACCESS_KEY: SECRET };
  expect(await report(home, { env: keys })).toEqual({
    status: 1,
    found: [
      "local index note INDEX_NEW",
      "local store note STORE_NEW",
      "gone index broken INDEX_UNAVAILABLE",
      "gone store broken NETWORK_ERROR",
      "other index broken INDEX_UNAVAILABLE",
      "other store note STORE_NEW",
    ],
  });
});

const missing = process.env.CI === "true" ? undefined : missingPackages("redis");
test.skipIf(missing)(
  `settings that lose data are told with advice${missing ? ` (skipped: apt-get install ${missing})` : ""}`,
  async () => {
    await using service = await startRedis({ config: { requirepass: SECRET } });
    const url = new URL(service.url);
    url.password = SECRET;
    const home = homeWith({ team: { index: url.href } });
    expect(await report(home)).toEqual({
      status: 0,
      found: ["local index note INDEX_NEW", "local store note STORE_NEW", "team index warning REDIS_NOT_SAVED"],
    });
    chmodSync(join(home, "config.json"), 0o644);
    const { status, stdout } = await diagnose(home);
    expect(status).toBe(0);
    const text = stdout
      .replaceAll(home, "HOME")
      .replaceAll(service.url, "redis://HOST")
      .replace(/[\d.]+ ms/g, "N ms");
    expect(text.replace(/redis \d[\d.]*/, "redis V")).toMatchInlineSnapshot(`
      "warning  settings  HOME
               warning  SECRETS_READABLE: others on this machine can read HOME/config.json
                 try: chmod 600 HOME/config.json
      ok       @local index  HOME/index.db
               note  INDEX_NEW: there is no index yet: the first write makes it
      ok       @local store  HOME/data
               note  STORE_NEW: there is no such folder yet: the first write makes it
      warning  @team index  redis://HOST  redis V, answers in N ms
               warning  REDIS_NOT_SAVED: it keeps nothing on disk: all is gone when it restarts
                 try: CONFIG SET appendonly yes, and the same in redis.conf

      nothing is broken, 2 warnings
      "
    `);
  },
);

test("a home that may only be read is told of", async () => {
  const home = homeWith({});
  chmodSync(join(home, "config.json"), 0o644);
  chmodSync(home, 0o555);
  chmodSync(root, 0o755);
  expect(await report(home, { as: "nobody" })).toEqual({
    status: 0,
    found: [
      "local index warning READ_ONLY",
      "local index note INDEX_NEW",
      "local store warning READ_ONLY",
      "local store note STORE_NEW",
    ],
  });
});

test("settings that cannot be read are an error that tells none of them", async () => {
  const home = homeWith({ team: { index: `redis:/me:${SECRET}@host` } });
  const { status, stdout, stderr } = await diagnose(home);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("error[CONFIG_INVALID]");
});

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository, run } from "../src/installed.ts";
import { examplesOf } from "../src/readme.ts";
import { startBucket } from "../src/s3-bucket.ts";
import { scratch } from "../src/scratch.ts";
import { startAccounts, type TestAccounts } from "../src/test-accounts.ts";

const TUTORIAL = "docs/tutorial.md";
const folder = join(scratch(), "tutorial");
const text = readFileSync(join(repository, TUTORIAL), "utf8");
/** Programs by the names that the page gives them, each right before its program. */
const names = [...text.matchAll(/^`([a-z]+\.ts)`/gm)].map(([, name = ""]) => name);
const programs = examplesOf(TUTORIAL);
const commands = [...text.matchAll(/^(atdata .+)$/gm)].map(([, command = ""]) => command);

const started = await startBucket();

if (typeof started === "string") it("is run as it is written", (context) => context.skip(started));
else {
  const { service, bucket, contents } = started;
  let net: TestAccounts;
  let env: Record<string, string> = {};

  beforeAll(async () => {
    net = await startAccounts();
    const { plcUrl, pds } = net.network;
    const alice = await net.account("alice", pds[1]);
    mkdirSync(folder);
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const preload = new URL("../src/children/as-on-the-internet.ts", import.meta.url).href;
    env = {
      NODE_OPTIONS: `--import ${preload}`,
      ATDATA_TEST_NETWORK: JSON.stringify({ plcUrl, pds: pds.map(({ url }) => url) }),
      ATDATA_HOME: join(folder, "home"),
      HANDLE: alice.handle,
      APP_PASSWORD: alice.password,
      PDS: alice.pds.url,
      S3_ENDPOINT: service.url,
      S3_BUCKET: bucket,
      AWS_REGION: service.region,
      AWS_ACCESS_KEY_ID: service.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: service.credentials.secretAccessKey,
    };
  }, 60_000);
  afterAll(async () => {
    await net?.[Symbol.asyncDispose]();
    await started.stop();
  });

  describe("the tutorial", { timeout: 60_000 }, () => {
    it("names each of its programs, and says of each what comes out", () => {
      expect(names).toEqual(["write.ts", "query.ts", "name.ts", "share.ts", "publish.ts", "read.ts"]);
      expect(programs).toHaveLength(names.length);
      for (const [, checks] of programs) expect(checks).toBeGreaterThan(0);
      expect(commands).toHaveLength(4);
    });

    it.each(names.map((name, i) => [name, i] as const))("runs %s with the results it shows", async (name, i) => {
      writeFileSync(join(folder, name), programs[i]?.[0] ?? "");
      await run(process.execPath, [name], folder, env);
      if (name === "share.ts") expect((await contents("weather")).objects.length).toBeGreaterThan(8);
    });

    it("is what the first example of the README of @atdata/atmosphere is like, which runs too", async () => {
      const [[code = "", checks] = []] = examplesOf("packages/atmosphere/README.md");
      expect(checks).toBe(2);
      writeFileSync(join(folder, "readme.ts"), code);
      await run(process.execPath, ["readme.ts"], folder, env);
    });

    it.each(commands)("runs: %s", async (command) => {
      const bin = join(repository, "packages/cli/src/bin.ts");
      const line = command.replace(/^atdata/, `"${process.execPath}" "${bin}"`);
      expect((await run("sh", ["-c", line], folder, env)).length).toBeGreaterThan(0);
    });
  });
}

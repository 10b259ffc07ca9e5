import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAtdataError } from "@atdata/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Config, readConfig } from "../src/config/config.ts";
import { parseConfig } from "../src/config/parse-config.ts";
import { atdata, scratch } from "./cli.ts";

const folder = scratch();
const home = (config?: unknown): string => {
  const path = mkdtempSync(join(folder, "home-"));
  if (config !== undefined) writeFileSync(join(path, "config.json"), JSON.stringify(config));
  return path;
};
/** What stands for a variable in a file of settings. */
const variable = (name: string): string => ["$", "{", name, "}"].join("");
const read = (config: unknown, env = {}): Promise<Config> => readConfig(home(config), env);

test("repositories are read with what is said of them, and variables of the environment put in", async () => {
  const s3 = { endpoint: "http://127.0.0.1:9000", region: "eu", pathStyle: true };
  const repos = {
    team: { index: `redis://u:${variable("SECRET")}@host/1`, store: `s3://bucket/${variable("PLACE")}/data`, s3 },
    lab: { index: "sqlite:lab.db", store: "data" },
    bare: { index: "postgresql://host/db" },
  };
  expect((await read({ repos }, { SECRET: "p", PLACE: "x" })).repos).toEqual({
    ...repos,
    team: { index: "redis://u:p@host/1", store: "s3://bucket/x/data", s3 },
  });
  expect((await read(undefined)).repos).toEqual({});
  expect((await read({})).repos).toEqual({});
});

test("the network is read with its servers and what of it is trusted", async () => {
  const atmosphere = {
    plcUrl: "https://plc.example",
    resolvers: ["https://pds.example"],
    appView: "did:web:view.example",
    allowHosts: ["localhost", "127.0.0.1:8080"],
    publicBuckets: { open: { endpoint: "https://s3.example", region: "eu" }, plain: {} },
  };
  expect((await read({ atmosphere })).atmosphere).toEqual(atmosphere);
  expect((await read({})).atmosphere).toEqual({});
  const env = { ATDATA_APPVIEW: "https://other.example/" };
  expect((await read({ atmosphere }, env)).atmosphere).toEqual({ ...atmosphere, appView: "https://other.example" });
  await expect(read({}, { ATDATA_APPVIEW: "did:web:a/b" })).rejects.toMatchObject({ fields: { at: "ATDATA_APPVIEW" } });
});

test("what cannot be is told with the file and the way of keys, and no value", async () => {
  const secret = "redis://user:sentinel@host";
  for (const [config, at] of [
    [[], ""],
    [{ repo: {} }, "repo"],
    [{ repos: [] }, "repos"],
    [{ repos: { "a/b": { index: secret } } }, "repos.a/b"],
    [{ repos: { a: secret } }, "repos.a"],
    [{ repos: { a: {} } }, "repos.a.index"],
    [{ repos: { a: { index: 1 } } }, "repos.a.index"],
    [{ repos: { a: { index: "mysql://user:sentinel@host" } } }, "repos.a.index"],
    [{ repos: { a: { index: secret, password: "sentinel" } } }, "repos.a.password"],
    [{ repos: { a: { index: secret, store: "gs://sentinel/x" } } }, "repos.a.store"],
    [{ repos: { a: { index: secret, store: "s3://" } } }, "repos.a.store"],
    [{ repos: { a: { index: secret, store: "data", s3: {} } } }, "repos.a.s3"],
    [{ repos: { a: { index: secret, store: "s3://b", s3: { key: "sentinel" } } } }, "repos.a.s3.key"],
    [{ repos: { a: { index: secret, store: "s3://b", s3: { pathStyle: "sentinel" } } } }, "repos.a.s3.pathStyle"],
    [{ repos: { a: { index: `redis://${variable("NO_SUCH")}@sentinel` } } }, "repos.a.index"],
    [{ repos: { me: { index: secret } } }, "repos.me"],
    [{ atmosphere: { plc: "sentinel" } }, "atmosphere.plc"],
    [{ atmosphere: { plcUrl: "https://user:sentinel@plc" } }, "atmosphere.plcUrl"],
    [{ atmosphere: { plcUrl: "ftp://sentinel" } }, "atmosphere.plcUrl"],
    [{ atmosphere: { resolvers: "https://sentinel" } }, "atmosphere.resolvers"],
    [{ atmosphere: { resolvers: ["https://a", "sentinel"] } }, "atmosphere.resolvers[1]"],
    [{ atmosphere: { appView: "sentinel" } }, "atmosphere.appView"],
    [{ atmosphere: { allowHosts: ["http://sentinel"] } }, "atmosphere.allowHosts[0]"],
    [{ atmosphere: { publicBuckets: { data: { secret: "sentinel" } } } }, "atmosphere.publicBuckets.data.secret"],
  ] as const) {
    const error = await read(config).catch((thrown: unknown) => thrown);
    if (!isAtdataError(error, "CONFIG_INVALID")) throw error;
    expect([error.fields.at, error.fields.file]).toEqual([at, expect.stringMatching(/config\.json$/)]);
    expect(String(error)).not.toContain("sentinel");
  }
});

test("whatever the file holds, the outcome is settings or CONFIG_INVALID", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"repos":{"a":${json}}}`),
  );
  fc.assert(
    fc.property(text, (content) => {
      try {
        parseConfig(content, "config.json", {});
      } catch (error) {
        if (!isAtdataError(error, "CONFIG_INVALID")) throw error;
      }
    }),
  );
});

test("a command that needs no index reads no settings, and one that does tells what is wrong with them", async () => {
  const env = { ATDATA_HOME: home() };
  writeFileSync(join(env.ATDATA_HOME, "config.json"), '{ "repos": sentinel }');
  mkdirSync(join(env.ATDATA_HOME, "empty"));
  const files = await atdata(["inspect", join(env.ATDATA_HOME, "empty")], { env });
  expect(files.stderr).toContain("error[NO_SHARDS]");
  const named = await atdata(["inspect", "@local/x"], { env });
  expect([named.status, named.stdout]).toEqual([1, ""]);
  expect(named.stderr).toMatch(/^atdata: error\[CONFIG_INVALID\]: the file is not JSON; file=.*config\.json\n$/);
});

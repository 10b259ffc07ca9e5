import { expect, it } from "vitest";
import { redisFindings } from "./redis-findings.ts";

const FIT = { redis_version: "7.0.15", role: "master", maxmemory_policy: "noeviction", aof_enabled: "1" };

function found(info: Readonly<Record<string, string>>, save = "3600 1"): string[] {
  const facts = { info: (name: string) => ({ ...FIT, ...info })[name], save };
  return redisFindings(facts).map(({ level, code }) => `${level} ${code}`);
}

it.each([
  ["one that is fit", {}, []],
  ["policies that spare keys without an expiry", { maxmemory: "9", maxmemory_policy: "volatile-lru" }, []],
  ["one that drops keys", { maxmemory: "9", maxmemory_policy: "allkeys-lru" }, ["broken REDIS_EVICTS"]],
  ["one that will, with a limit", { maxmemory: "0", maxmemory_policy: "allkeys-random" }, ["warning REDIS_EVICTS"]],
  ["snapshots alone", { aof_enabled: "0" }, ["note REDIS_SNAPSHOTS"]],
  ["a replica", { role: "slave", slave_read_only: "1" }, ["warning REDIS_REPLICA"]],
  ["a replica that takes writes", { role: "slave", slave_read_only: "0" }, ["broken REDIS_REPLICA"]],
  ["a full disk", { aof_last_write_status: "err" }, ["broken REDIS_SAVE_FAILED"]],
  ["a cluster", { cluster_enabled: "1" }, ["broken REDIS_CLUSTER"]],
  ["one that is too old", { redis_version: "4.0.14" }, ["broken REDIS_TOO_OLD"]],
])("knows %s", (_, info, want) => {
  expect(found(info)).toEqual(want);
});

it("knows one that keeps nothing, and says nothing of what it does not tell", () => {
  expect(found({ aof_enabled: "0" }, "")).toEqual(["warning REDIS_NOT_SAVED"]);
  expect(redisFindings({ info: () => undefined, save: undefined })).toEqual([]);
});

import { randomUUID } from "node:crypto";
import { abortable, type CallOptions, isAtdataError } from "@atdata/core";
import { clockAhead, clockFindings, type Diagnosis, type Finding, foundBroken, medianMs } from "../shared/diagnosis.ts";
import { serverName } from "../shared/server-name.ts";
import { adoptAll } from "./adopt.ts";
import { type RedisCalls, redisCalls, scriptOf } from "./client.ts";
import { type OpenRedis, openRedis } from "./connect-redis.ts";
import { redisFindings } from "./redis-findings.ts";
import { listOf, textOf } from "./replies.ts";

/** Writes and removes a key that goes by itself, should the second be refused. */
const tryWriting = scriptOf(
  "redis.call('SET', ARGV[1], '1', 'PX', '10000') redis.call('GET', ARGV[1]) return redis.call('DEL', ARGV[1])",
);

/**
 * Tells how fit a Redis is for an index: whether it can be reached and written, how fast it answers, whether it may lose data, and how its
 * clock goes. Notes what Python atdata has written meanwhile, as `adopt` does. Needs `ioredis`.
 *
 * What is wrong is told as findings, and not thrown.
 *
 * @throws AtdataError `UNSUPPORTED` – `ioredis` is not installed.
 */
export async function diagnoseRedis(url: string, options: CallOptions = {}): Promise<Diagnosis> {
  let open: OpenRedis;
  try {
    open = await openRedis(url, options);
  } catch (error) {
    if (isAtdataError(error, "UNSUPPORTED")) throw error;
    return { where: serverName("redis", url), findings: [foundBroken(error)] };
  }
  const { client, index: where } = open;
  try {
    return await abortable(examine(redisCalls(client, where), where, options), options.signal);
  } catch (error) {
    return { where, findings: [foundBroken(error)] };
  } finally {
    client.disconnect();
  }
}

async function examine(calls: RedisCalls, where: string, options: CallOptions): Promise<Diagnosis> {
  const latencyMs = await medianMs(() => calls.command(["PING"], "connect"));
  const clockMs = await clockAhead(async () => {
    const [seconds, micros] = listOf(await calls.command(["TIME"], "look at the clock"));
    return Number(textOf(seconds)) * 1000 + Number(textOf(micros)) / 1000;
  });
  const info = await askFor(calls, ["INFO"]);
  const line = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info ?? "")?.[1];
  const save = listOf(await askReply(calls, ["CONFIG", "GET", "save"]))[1];
  const findings: Finding[] = [...redisFindings({ info: line, save: textOf(save) }), ...clockFindings(clockMs)];
  if (info === undefined) {
    const advice = "allow its user INFO: ACL SETUSER <user> +info";
    findings.push({ level: "note", code: "SETTINGS_UNKNOWN", what: "it does not tell its settings", advice });
  }
  // A replica has said of itself that it cannot be written.
  if (line("role") !== "slave") findings.push(...(await writing(calls, options)));
  const version = line("redis_version");
  return { where, server: version && `redis ${version}`, latencyMs, clockMs, findings };
}

async function writing(calls: RedisCalls, options: CallOptions): Promise<Finding[]> {
  try {
    await calls.script(tryWriting, [`atdata:probe:${randomUUID()}`], "write");
    const adopted = await adoptAll(calls, options.signal);
    if (adopted === 0) return [];
    const what = `Python atdata has written ${adopted} more, found by name from now on`;
    return [{ level: "note", code: "REDIS_ADOPTED", what }];
  } catch (error) {
    return [foundBroken(error)];
  }
}

/** Asks what a user may be forbidden to ask. */
async function askReply(calls: RedisCalls, args: readonly [string, ...string[]]): Promise<unknown> {
  try {
    return await calls.command(args, "look at settings");
  } catch (error) {
    if (isAtdataError(error, "INDEX_FAILED")) return undefined;
    throw error;
  }
}

async function askFor(calls: RedisCalls, args: readonly [string, ...string[]]): Promise<string | undefined> {
  return textOf(await askReply(calls, args));
}

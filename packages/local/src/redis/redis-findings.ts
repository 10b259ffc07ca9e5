import type { Finding } from "../shared/diagnosis.ts";

/** What a Redis says of itself. */
export interface RedisFacts {
  /** Reads one line of `INFO`. */
  info(name: string): string | undefined;
  /** When it writes a snapshot, as `CONFIG GET save` has it; `undefined` where it does not tell. */
  readonly save: string | undefined;
}

/** The version that the scripts need. */
const OLDEST = 5;

/** Tells of what a Redis is set up for that does not go with an index, the worst first. */
export function redisFindings(facts: RedisFacts): Finding[] {
  return [cluster, version, replica, eviction, persistence, saving].flatMap((check) => check(facts) ?? []);
}

function cluster({ info }: RedisFacts): Finding | undefined {
  if (info("cluster_enabled") !== "1") return undefined;
  const advice = "use a single redis for the index";
  return { level: "broken", code: "REDIS_CLUSTER", what: "it is a cluster, which the index cannot use", advice };
}

function version({ info }: RedisFacts): Finding | undefined {
  const found = info("redis_version");
  if (found === undefined || Number.parseInt(found, 10) >= OLDEST) return undefined;
  return {
    level: "broken",
    code: "REDIS_TOO_OLD",
    what: `it is of version ${found}`,
    advice: `update it to ${OLDEST} or newer`,
  };
}

function replica({ info }: RedisFacts): Finding | undefined {
  if (info("role") !== "slave") return undefined;
  const advice = "connect to the primary";
  if (info("slave_read_only") === "0") {
    const what = "it is a replica that takes writes, which are lost when it next follows its primary";
    return { level: "broken", code: "REDIS_REPLICA", what, advice };
  }
  const link = info("master_link_status") === "down" ? ", and has lost its primary" : "";
  return { level: "warning", code: "REDIS_REPLICA", what: `it is a replica, which may only be read${link}`, advice };
}

function eviction({ info }: RedisFacts): Finding | undefined {
  const policy = info("maxmemory_policy");
  if (policy?.startsWith("allkeys") !== true) return undefined;
  const advice = "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf";
  if ((info("maxmemory") ?? "0") !== "0") {
    const what = `it drops keys when its memory is full (maxmemory-policy ${policy}): datasets would vanish`;
    return { level: "broken", code: "REDIS_EVICTS", what, advice };
  }
  const what = `once maxmemory is set, it will drop keys (maxmemory-policy ${policy})`;
  return { level: "warning", code: "REDIS_EVICTS", what, advice };
}

function persistence({ info, save }: RedisFacts): Finding | undefined {
  if (info("aof_enabled") !== "0" || save === undefined) return undefined;
  if (save === "") {
    const what = "it keeps nothing on disk: all is gone when it restarts";
    const advice = "CONFIG SET appendonly yes, and the same in redis.conf";
    return { level: "warning", code: "REDIS_NOT_SAVED", what, advice };
  }
  const what = `it saves snapshots alone (save ${save}): what was written since the last one is lost in a crash`;
  return { level: "note", code: "REDIS_SNAPSHOTS", what, advice: "CONFIG SET appendonly yes to lose a second at most" };
}

function saving({ info }: RedisFacts): Finding | undefined {
  const failed = ["rdb_last_bgsave_status", "aof_last_write_status"].filter((name) => (info(name) ?? "ok") !== "ok");
  if (failed.length === 0) return undefined;
  const what = `it could not save the last time (${failed.join(", ")})`;
  return { level: "broken", code: "REDIS_SAVE_FAILED", what, advice: "see its log; free disk space" };
}

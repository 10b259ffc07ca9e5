/**
 * An index in Redis, with the keys of Python atdata.
 *
 * @module
 */
export type { Diagnosis, Finding } from "../shared/diagnosis.ts";
export type { RedisClient } from "./client.ts";
export { connectRedis } from "./connect-redis.ts";
export { diagnoseRedis } from "./diagnose-redis.ts";
export { adopt, redisIndex } from "./redis-index.ts";

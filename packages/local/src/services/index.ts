/**
 * Servers for tests, benchmarks and trying things out, started from what is installed here.
 *
 * @module
 */
export { startPostgres } from "./postgres.ts";
export { startRedis, type StartRedisOptions } from "./redis.ts";
export type { Service } from "./service.ts";

/**
 * Servers for tests, benchmarks and trying things out, started from what is installed here.
 *
 * @module
 */
export { startCeph } from "./ceph.ts";
export { startMinio } from "./minio.ts";
export { startMoto } from "./moto.ts";
export { startPostgres } from "./postgres.ts";
export { startRedis, type StartRedisOptions } from "./redis.ts";
export type { S3Service } from "./s3-service.ts";
export type { Service } from "./service.ts";

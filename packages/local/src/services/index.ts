/**
 * Servers for tests, benchmarks and trying things out, started from what is installed here.
 *
 * @module
 */
export { keepCeph, startCeph } from "./ceph.ts";
export { keepMinio, startMinio } from "./minio.ts";
export { missingPackages } from "./missing.ts";
export { startMoto } from "./moto.ts";
export { startPostgres } from "./postgres.ts";
export { keepRedis, startRedis, type StartRedisOptions } from "./redis.ts";
export type { S3Keys, S3Service } from "./s3-service.ts";
export type { KeepOptions, Service } from "./service.ts";

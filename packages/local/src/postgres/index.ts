/**
 * An index in Postgres, in the tables of Python atdata.
 *
 * @module
 */
export type { Diagnosis, Finding } from "../shared/diagnosis.ts";
export type { PostgresPool } from "./client.ts";
export { connectPostgres } from "./connect-postgres.ts";
export { diagnosePostgres } from "./diagnose-postgres.ts";
export { postgresIndex } from "./postgres-index.ts";

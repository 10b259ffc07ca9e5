import { AtdataError, abortable, type CallOptions } from "@atdata/core";
import { bareError } from "../shared/server-name.ts";

/** What an index needs of a Postgres client; the `Pool` of `pg` fits. */
export interface PostgresPool {
  /** Runs one statement with `$1` … in place of values; several without values are one transaction. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}

/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement; `operation` is for errors. */
export type Query = (
  text: string,
  values: readonly unknown[],
  operation: string,
  options?: CallOptions | undefined,
) => Promise<readonly Row[]>;

/** Builds the way to `pool` that tells failures in our words; `index` is the name in messages. */
export function queryOver(pool: PostgresPool, index: string): Query {
  const send = async (text: string, values: readonly unknown[], operation: string): Promise<readonly Row[]> => {
    try {
      return (await pool.query(text, [...values])).rows;
    } catch (error) {
      throw failure(error, index, operation);
    }
  };
  return async (text, values, operation, options) => {
    options?.signal?.throwIfAborted();
    return abortable(send(text, values, operation), options?.signal);
  };
}

/** What to do about failures, by the start of their SQLSTATE; whether the server could be reached at all. */
const REFUSALS: readonly (readonly [state: string, available: boolean, clause: string, hint: string])[] = [
  ["08", false, "postgres cannot be reached", "check that it runs and that the url is right"],
  ["57P", false, "postgres is starting or shutting down", "wait"],
  ["53300", false, "postgres has no connection left", "raise max_connections or use a smaller pool"],
  ["28", false, "postgres refused user or password", "check both"],
  ["3D000", false, "postgres has no such database", "create it, or check the name at the end of the url"],
  ["25006", true, "this postgres may only be read", "connect to the primary, not to a standby"],
  ["42501", true, "the postgres user lacks a permission", "grant it CREATE on the schema, or the tables of the index"],
  ["53", true, "postgres has no room left", "free disk space or memory"],
];

/** Says in our words why a statement failed. */
function failure(error: unknown, index: string, operation: string): AtdataError {
  const cause = bareError(error);
  const state = sqlState(error);
  if (state === undefined) {
    const hint = "check that it runs and that the url is right";
    return new AtdataError("INDEX_UNAVAILABLE", "postgres cannot be reached", { index }, { cause, hint });
  }
  // A table or column that is missing, or of another type.
  if (["42P01", "42703", "42804", "42883", "42P10"].includes(state)) {
    return new AtdataError(
      "INDEX_CORRUPT",
      `the tables are not those of an index: ${cause.message}`,
      { index },
      { cause },
    );
  }
  const refusal = REFUSALS.find(([start]) => state.startsWith(start));
  const [, available, clause, hint] = refusal ?? [state, true, "postgres failed", cause.message];
  if (!available) return new AtdataError("INDEX_UNAVAILABLE", clause, { index }, { cause, hint });
  return new AtdataError("INDEX_FAILED", clause, { index, operation }, { cause, hint });
}

/** The server's errors have a severity; those of the client library and of the system have not. */
function sqlState(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || !("severity" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

import { type CallOptions, isAtdataError } from "@atdata/core";
import { clockAhead, clockFindings, type Diagnosis, foundBroken, medianMs } from "../shared/diagnosis.ts";
import { serverName } from "../shared/server-name.ts";
import { type Query, queryOver } from "./client.ts";
import { type OpenPostgres, openPostgres } from "./connect-postgres.ts";
import { type PostgresFacts, postgresFindings, type TableFacts } from "./postgres-findings.ts";

const FACTS = `
SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
  current_setting('synchronous_commit') AS "synchronousCommit", current_setting('full_page_writes') AS "fullPageWrites",
  pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS "readOnly",
  current_schema() AS schema, has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate"`;

const TABLES = `
SELECT relname AS name, relpersistence = 'p' AS logged, has_table_privilege(pg_class.oid, 'SELECT') AS "mayRead",
  has_table_privilege(pg_class.oid, 'INSERT') AND has_table_privilege(pg_class.oid, 'UPDATE')
    AND has_table_privilege(pg_class.oid, 'DELETE') AS "mayWrite"
FROM unnest(ARRAY['dataset_entries', 'schemas', 'lenses', 'labels']) AS name JOIN pg_class ON pg_class.oid = to_regclass(quote_ident(name))`;

/**
 * Tells how fit a Postgres database is for an index: whether it can be reached, how fast it answers, whether it may lose data, what its
 * user may do, and how its clock goes. It changes nothing. Needs `pg`.
 *
 * What is wrong is told as findings, and not thrown.
 *
 * @throws AtdataError `UNSUPPORTED` – `pg` is not installed.
 */
export async function diagnosePostgres(url: string, options: CallOptions = {}): Promise<Diagnosis> {
  let open: OpenPostgres;
  try {
    open = await openPostgres(url, options);
  } catch (error) {
    if (isAtdataError(error, "UNSUPPORTED")) throw error;
    return { where: serverName("postgres", url), findings: [foundBroken(error)] };
  }
  const { pool, index: where, end } = open;
  try {
    return await examine(queryOver(pool, where), where, options);
  } catch (error) {
    return { where, findings: [foundBroken(error)] };
  } finally {
    await end();
  }
}

async function examine(query: Query, where: string, options: CallOptions): Promise<Diagnosis> {
  const ask = (text: string): ReturnType<Query> => query(text, [], "look at settings", options);
  const latencyMs = await medianMs(() => ask("SELECT 1"));
  const clockMs = await clockAhead(async () => {
    const [row] = await ask("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now");
    return Number(row?.now);
  });
  const [facts] = (await ask(FACTS)) as readonly PostgresFacts[];
  const tables = (await ask(TABLES)) as readonly unknown[] as readonly TableFacts[];
  const found = facts === undefined ? [] : postgresFindings(facts, tables);
  const findings = [...found, ...clockFindings(clockMs)];
  return { where, server: facts && `postgres ${facts.version.split(" ")[0]}`, latencyMs, clockMs, findings };
}

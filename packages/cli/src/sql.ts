import { AtdataError, baseName, redactUrl } from "@atdata/core";
import { fileSource, fileStore } from "@atdata/core/node";
import { manifestUrls } from "@atdata/manifest";
import { base64, integerJson, numberJson } from "./format/array-json.ts";
import { formatTable } from "./format/table.ts";
import { plainText } from "./format/text.ts";
import { openRef, readManifests } from "./open.ts";
import type { Terminal } from "./terminal.ts";

interface SqlOptions {
  readonly json?: true;
  readonly manifests?: string;
}

type DuckDb = typeof import("@atdata/manifest/duckdb");

/** Runs SQL over the manifests of a dataset and writes the rows of the result: as a table, or one JSON object a line. */
export async function writeSql(ref: string, sql: string, options: SqlOptions, terminal: Terminal): Promise<void> {
  const { out, signal } = terminal;
  const { queryManifests } = await loadDuckDb(() => import("@atdata/manifest/duckdb"));
  const plugin = readManifests(options.manifests);
  const { dataset, source } = await openRef(ref, terminal);
  const { shards } = dataset;
  // Opening compares them with their shards; places that cannot be trusted must not come out of a query.
  const index = await plugin.open?.({ shards, source }, { signal });
  if (index?.query === undefined) throw noManifests(ref);
  const place = options.manifests === undefined ? undefined : fileStore(options.manifests);
  const manifests = shards.map(({ url, bytes, sha256 }) => {
    const { rows } = manifestUrls(url);
    return { shard: redactUrl(url), bytes, sha256, rows: place === undefined ? rows : place.url(baseName(rows)) };
  });
  const from = place === undefined ? source : fileSource();
  let first = true;
  for await (const rows of queryManifests(sql, { manifests, fields: [], source: from, signal })) {
    if (options.json) {
      for (const row of rows) await out.write(`${JSON.stringify(sqlJson(row))}\n`);
      continue;
    }
    const heads = Object.keys(rows[0] ?? {}).map((name) => out.colors.dim(plainText(name)));
    const cells = rows.map((row) => Object.values(row).map(cellText));
    await out.write(`${formatTable(first ? [heads, ...cells] : cells).join("\n")}\n`);
    first = false;
  }
}

/**
 * Loads what needs DuckDB.
 *
 * @throws AtdataError `UNSUPPORTED` – it is not installed.
 */
export async function loadDuckDb(load: () => Promise<DuckDb>): Promise<DuckDb> {
  try {
    return await load();
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    if (!missing) throw cause;
    const hint = "npm install @duckdb/node-api beside atdata";
    const fields = { operation: "query --sql" };
    throw new AtdataError("UNSUPPORTED", "SQL needs DuckDB, which is not installed", fields, { hint, cause });
  }
}

function noManifests(ref: string): AtdataError {
  const url = redactUrl(ref);
  const hint = `atdata manifest build ${url}`;
  return new AtdataError(
    "NOT_FOUND",
    "SQL runs over manifests, and not every shard has one of ours",
    { url },
    { hint },
  );
}

function cellText(value: unknown): string {
  if (value === null) return "–";
  return plainText(typeof value === "string" ? value : JSON.stringify(sqlJson(value)));
}

function sqlJson(value: unknown): unknown {
  if (typeof value === "number") return numberJson(value);
  if (typeof value === "bigint") return integerJson(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(sqlJson);
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, item] of Object.entries(value)) object[name] = sqlJson(item);
  return object;
}

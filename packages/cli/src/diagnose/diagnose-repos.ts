import { dirname, resolve } from "node:path";
import { type CallOptions, isAtdataError, redactUrl } from "@atdata/core";
import type { Diagnosis } from "@atdata/local/sqlite";
import type { Config } from "../config/config.ts";
import type { RepoConfig, S3Config } from "../config/parse-config.ts";
import { bucketOf, lazyS3 } from "../config/s3.ts";
import { secretFileFindings } from "./secret-files.ts";

/** What was found out about one part of what is configured. */
export interface Diagnosed extends Diagnosis {
  /** The repository; absent for the settings. */
  readonly repo?: string | undefined;
  readonly part: "settings" | "index" | "store";
}

/** Looks at the settings, then at the index and the store of each repository, one after the other. */
export async function* diagnoseRepos(
  config: Config,
  options: CallOptions & { readonly signal: AbortSignal },
): AsyncGenerator<Diagnosed> {
  const home = dirname(config.file);
  yield { part: "settings", where: home, findings: secretFileFindings(home, process.env) };
  const repos: Readonly<Record<string, RepoConfig>> = {
    local: { index: `sqlite:${resolve(home, "index.db")}`, store: resolve(home, "data") },
    ...config.repos,
  };
  for (const [repo, { index, store, s3 = {} }] of Object.entries(repos)) {
    options.signal.throwIfAborted();
    yield { repo, part: "index", ...(await told(index, () => diagnoseIndex(index, home, options))) };
    if (store === undefined) continue;
    yield { repo, part: "store", ...(await told(store, () => diagnoseStore(store, s3, home, options))) };
  }
}

/** A library that is not installed is something to tell of, too. */
async function told(url: string, diagnose: () => Promise<Diagnosis>): Promise<Diagnosis> {
  try {
    return await diagnose();
  } catch (error) {
    if (!isAtdataError(error, "UNSUPPORTED")) throw error;
    const { code, clause, hint } = error;
    // Of a url of a server, which may hold a password, no more than what kind it is.
    const where = /^(rediss?|postgres(ql)?):/.exec(url)?.[1] ?? redactUrl(url);
    return { where, findings: [{ level: "broken", code, what: clause, advice: hint }] };
  }
}

// Loaded late: nobody needs all of them, and none has to be installed.

async function diagnoseIndex(index: string, home: string, options: CallOptions): Promise<Diagnosis> {
  if (index.startsWith("sqlite:")) {
    const { diagnoseSqlite } = await import("@atdata/local/sqlite");
    return diagnoseSqlite(resolve(home, index.slice("sqlite:".length)), options);
  }
  if (/^rediss?:/.test(index)) return (await import("@atdata/local/redis")).diagnoseRedis(index, options);
  return (await import("@atdata/local/postgres")).diagnosePostgres(index, options);
}

async function diagnoseStore(store: string, s3: S3Config, home: string, options: CallOptions): Promise<Diagnosis> {
  if (!store.startsWith("s3://"))
    return (await import("@atdata/local/disk")).diagnoseDisk(resolve(home, store), options);
  await using client = lazyS3(s3);
  const { diagnoseS3 } = await import("@atdata/local/s3");
  const diagnosis = await diagnoseS3(client, bucketOf(store), options);
  const server = s3.endpoint === undefined ? undefined : redactUrl(s3.endpoint);
  return { ...diagnosis, server };
}

import { AtdataError, type CallOptions, isAtdataError } from "@atdata/core";
import type { JsonRecord } from "../client/repo-client.ts";
import { PATIENCE, type Patience } from "../client/retry.ts";
import { getText } from "../identity/get-text.ts";
import { isJsonObject } from "../lexicon/problem.ts";

/** There is another way to most of what it is asked for, so it is not waited for long. */
const FOR_APP_VIEWS: Patience = { ...PATIENCE, retries: 1, timeoutMs: 15_000 };
const MAX_BYTES = 32 << 20;
const NAMESPACE = "science.alt.dataset";

/** Values of a query's parameters: lists are repeated, `undefined` ones are left out. */
export type QueryParams = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Asks an AppView; gives `undefined` where it says that there is no such thing. */
export type AppViewQuery = (
  method: string,
  params: QueryParams,
  options?: CallOptions,
) => Promise<JsonRecord | undefined>;

/** Makes what asks an AppView. All it throws is `APPVIEW_FAILED`, and the signal's reason. */
export function appViewQuery(url: string, fetch: typeof globalThis.fetch | undefined): AppViewQuery {
  return async (method, params, { signal } = {}) => {
    const operation = `${NAMESPACE}.${method}`;
    const failed = (clause: string, more: { status?: number } = {}, cause?: unknown): AtdataError => {
      return new AtdataError("APPVIEW_FAILED", clause, { appView: url, operation, ...more }, { cause });
    };
    const ask = { fetch, patience: FOR_APP_VIEWS, maxBytes: MAX_BYTES, signal };
    const { status, text } = await getText(`${url}/xrpc/${operation}${queryText(params)}`, ask).catch((error) => {
      if (!isAtdataError(error)) throw error;
      const told = isAtdataError(error, "HTTP_ERROR") ? { status: error.fields.status } : {};
      throw failed("the AppView cannot be reached, or is out of order", told, error);
    });
    const answer = text === undefined ? undefined : parsed(text);
    if (status === 404 && method !== "describeService") return undefined;
    if (status !== 200) throw failed("the AppView answered with an error", { status });
    if (answer === undefined) throw failed("the AppView answered with something else than JSON");
    return answer;
  };
}

function queryText(params: QueryParams): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each));
  }
  return search.size === 0 ? "" : `?${search}`;
}

function parsed(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

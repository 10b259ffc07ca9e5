import { AtdataError, redactUrl } from "@atdata/core";
import {
  askedWaitMs,
  mayPass,
  PATIENCE,
  PassingFailure,
  type Patience,
  TimedOut,
  withDeadline,
  withRetries,
} from "../client/retry.ts";

/** For the directory and other services, which are there and may be busy. */
export const FOR_SERVICES: Patience = { ...PATIENCE, retries: 2, timeoutMs: 10_000 };
/** For hosts that somebody's handle or DID names, and that may never have been there. */
export const FOR_HOSTS: Patience = { ...PATIENCE, retries: 0, timeoutMs: 5_000 };

/** How a text is asked for. */
export interface GetTextOptions {
  /** Sends the request; default the runtime's. */
  readonly fetch?: typeof fetch | undefined;
  readonly patience: Patience;
  /** A longer answer is not read to its end. */
  readonly maxBytes: number;
  /** What is done with an answer that sends elsewhere; by default it is followed. */
  readonly redirect?: RequestRedirect | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a server answered. */
export interface TextAnswer {
  readonly status: number;
  /** Its body; absent when it is too long. */
  readonly text: string | undefined;
}

/**
 * Asks for a short text.
 *
 * @throws AtdataError `NETWORK_ERROR`, `TIMEOUT`; `HTTP_ERROR` for a status that says that the server is out of order.
 */
export async function getText(url: string, options: GetTextOptions): Promise<TextAnswer> {
  const { fetch: send = fetch, patience, maxBytes, redirect = "follow", signal } = options;
  const { retries, timeoutMs } = patience;
  const place = { url: redactUrl(url) };

  async function attempt(signal: AbortSignal): Promise<TextAnswer> {
    const response = await send(url, { redirect, signal, credentials: "omit" });
    const { status } = response;
    if (!mayPass(status)) return { status, text: await readText(response, maxBytes) };
    await response.body?.cancel();
    const failure = new AtdataError("HTTP_ERROR", "the server answered with an error", { ...place, status });
    throw new PassingFailure(failure, askedWaitMs(response, patience.timing.now()));
  }
  return withRetries(patience, signal, async () => {
    try {
      return await withDeadline(timeoutMs, signal, attempt);
    } catch (cause) {
      if (cause instanceof PassingFailure) throw cause;
      throw new PassingFailure(
        cause instanceof TimedOut
          ? new AtdataError("TIMEOUT", "the server did not answer in time", { ...place, timeoutMs })
          : new AtdataError("NETWORK_ERROR", "the connection failed", { ...place, attempts: retries + 1 }, { cause }),
      );
    }
  });
}

async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > maxBytes) {
      await reader?.cancel();
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

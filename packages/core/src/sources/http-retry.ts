import type { AtdataError } from "../errors.ts";

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;
const MAX_RETRY_AFTER_MS = 60_000;

/** Time and chance, so that tests need neither. */
export interface Timing {
  /** Waits, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** A number from 0 to below 1. */
  random(): number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** The real ones. */
export const realTiming: Timing = {
  random: () => Math.random(),
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  },
};

/** A failure that may go away: what to throw when it does not, and how long the server asked to wait. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";
  /** Builds what is thrown in the end. */
  readonly final: (attempts: number) => AtdataError;
  /** What `Retry-After` said, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether `fetch` itself failed. */
  readonly noAnswer: boolean;

  /** Builds the failure. */
  constructor(
    final: (attempts: number) => AtdataError,
    facts: { readonly retryAfterMs?: number | undefined; readonly noAnswer?: boolean } = {},
  ) {
    super("transient failure");
    this.final = final;
    this.retryAfterMs = facts.retryAfterMs;
    this.noAnswer = facts.noAnswer ?? false;
  }
}

/** Counts failures in a row and waits between attempts: full jitter over a doubling delay, or what the server asked. */
export class Retries {
  readonly #allowed: number;
  readonly #timing: Timing;
  #failures = 0;

  /** Allows so many retries without progress. */
  constructor(allowed: number, timing: Timing) {
    this.#allowed = allowed;
    this.#timing = timing;
  }

  /** Says that something came, so that counting begins anew. */
  progress(): void {
    this.#failures = 0;
  }

  /** Waits for the next attempt, or throws: what is not transient at once, the rest when no retry is left. */
  async wait(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    if (!(error instanceof TransientFailure)) throw error;
    if (this.#failures >= this.#allowed) throw error.final(this.#failures + 1);
    const backoff = this.#timing.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures++;
    await this.#timing.sleep(error.retryAfterMs ?? backoff, signal);
  }
}

/** Reads a `Retry-After` header, seconds or a date, as milliseconds from now, at most a minute. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(seconds) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds));
}

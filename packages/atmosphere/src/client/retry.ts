const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;
/** A server that asks to wait for longer is not waited for. */
const MAX_ASKED_MS = 60_000;

/** Time and chance, so that tests need neither. */
export interface Timing {
  /** Waits, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** A number from 0 to below 1. */
  random(): number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** How often and how long something is tried. */
export interface Patience {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** Time and chance. */
  readonly timing: Timing;
}

/** What is used where nothing else is said. */
export const PATIENCE: Patience = {
  retries: 5,
  timeoutMs: 60_000,
  timing: {
    random: () => Math.random(),
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const abort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", abort);
          resolve();
        }, ms);
        signal?.addEventListener("abort", abort, { once: true });
      }),
  },
};

/** A failure that may pass: what is thrown when it does not, and how long the server asked to wait. */
export class PassingFailure extends Error {
  override readonly name = "PassingFailure";
  /** What is thrown in the end. */
  readonly failure: unknown;
  /** What the server asked for. */
  readonly waitMs: number | undefined;

  /** Wraps a failure. */
  constructor(failure: unknown, waitMs?: number | undefined) {
    super("a failure that may pass");
    this.failure = failure;
    this.waitMs = waitMs;
  }
}

/**
 * Tries something again for as long as it fails with {@link PassingFailure}, with waits between: full jitter over a doubling delay.
 *
 * `onRetry` is told of each failure that is followed by another attempt.
 */
export async function withRetries<T>(
  { retries, timing }: Patience,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
  onRetry?: (failure: unknown) => void,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof PassingFailure)) throw error;
      if (failures >= retries || (error.waitMs ?? 0) > MAX_ASKED_MS) throw error.failure;
      onRetry?.(error.failure);
      await timing.sleep(error.waitMs ?? backoffMs(failures, timing), signal);
    }
  }
}

/** Says how long to wait after so many failures before this one. */
export function backoffMs(failures: number, timing: Timing): number {
  return timing.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
}

/** Thrown by {@link withDeadline}. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/**
 * Runs something with a signal that is aborted when the caller's is or the time is up, and does not wait for it any longer then.
 *
 * The caller's signal goes on to hold for what `run` gave, such as a body that is still to be read.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const both = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
  both.throwIfAborted();
  const timer = setTimeout(() => own.abort(new TimedOut(`nothing came for ${timeoutMs} ms`)), timeoutMs);
  let stop: () => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(both.reason);
    both.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([run(both), stopped]);
  } finally {
    clearTimeout(timer);
    both.removeEventListener("abort", stop);
  }
}

/** Tells whether an answer of this status may be another one in a moment. */
export function mayPass(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
}

/** Reads how long a busy server asks to wait: `Retry-After`, in seconds or as a date, or else when its rate limit begins anew. */
export function askedWaitMs(response: Response, now: number): number | undefined {
  const after = response.headers.get("retry-after");
  if (after !== null) {
    const ms = /^\s*\d+\s*$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
    if (!Number.isNaN(ms)) return Math.max(0, ms);
  }
  const reset = response.headers.get("ratelimit-reset");
  if (response.status !== 429 || reset === null || !/^\d+$/.test(reset)) return undefined;
  return Math.max(0, Number(reset) * 1000 - now);
}

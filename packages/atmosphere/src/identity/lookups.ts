import { abortable, type CallOptions } from "@atdata/core";

const TTL_MS = 10 * 60_000;
const MAX_KEPT = 10_000;

/** Remembers answers for ten minutes, and lets those who ask for the same at the same time share a lookup. */
export interface Lookups<T> {
  /** Gives what is remembered, or looks; `fresh` always looks. */
  get(key: string, options?: CallOptions & { readonly fresh?: boolean | undefined }): Promise<T>;
  /** Remembers an answer that came with another. */
  keep(key: string, value: T): void;
}

interface Lookup<T> {
  readonly answer: Promise<T>;
  /** Ends it when nobody waits for it any longer. */
  readonly controller: AbortController;
  waiting: number;
  /** When the answer is forgotten; absent until it is there. */
  until?: number;
}

/** Remembers what `find` gives; failures are not remembered. */
export function lookups<T>(find: (key: string, signal: AbortSignal) => Promise<T>): Lookups<T> {
  const known = new Map<string, Lookup<T>>();

  function put(key: string, lookup: Lookup<T>): void {
    known.delete(key);
    known.set(key, lookup);
    for (const oldest of known.keys()) {
      if (known.size <= MAX_KEPT) break;
      known.delete(oldest);
    }
  }
  function forget(key: string, lookup: Lookup<T>): void {
    if (known.get(key) === lookup) known.delete(key);
  }
  function start(key: string): Lookup<T> {
    const controller = new AbortController();
    const lookup: Lookup<T> = { answer: find(key, controller.signal), controller, waiting: 0 };
    lookup.answer.then(
      () => {
        lookup.until = Date.now() + TTL_MS;
      },
      // Those who wait for it are told.
      () => {},
    );
    put(key, lookup);
    return lookup;
  }

  return {
    async get(key, { signal, fresh = false } = {}) {
      signal?.throwIfAborted();
      const found = fresh ? undefined : known.get(key);
      const lookup = found !== undefined && (found.until ?? Infinity) > Date.now() ? found : start(key);
      lookup.waiting++;
      try {
        return await abortable(lookup.answer, signal);
      } finally {
        lookup.waiting--;
        if (lookup.waiting === 0 && lookup.until === undefined) {
          forget(key, lookup);
          lookup.controller.abort();
        }
      }
    },
    keep(key, value) {
      const controller = new AbortController();
      put(key, { answer: Promise.resolve(value), controller, waiting: 0, until: Date.now() + TTL_MS });
    },
  };
}

import type { Planned, RepoState } from "./repo-client.ts";

/** How many records one commit may write. */
export const MAX_WRITES = 200;

/** A transaction that waits for its commit; what it gives is of a type that only its caller knows. */
export interface Transaction {
  /** Aborted by its caller. */
  readonly signal: AbortSignal | undefined;
  /** Whether it is sent by itself, because a commit with others was refused. */
  alone: boolean;
  /** Plans, on a state; what it would fail with is part of the plan. */
  plan(state: RepoState): Promise<Outcome>;
  /** Ends it with an error. */
  fail(error: unknown): void;
}

/** What a plan came to. */
export interface Outcome {
  /** What it writes; nothing when it failed. */
  readonly writes: Planned<unknown>["writes"];
  /** Ends the transaction, after the commit. */
  finish(cids: ReadonlyMap<string, string>): void;
}

/** Makes a transaction, and the promise of what it gives. */
export function transaction<T>(
  plan: (state: RepoState) => Planned<T> | Promise<Planned<T>>,
  signal: AbortSignal | undefined,
): { readonly transaction: Transaction; readonly result: Promise<T> } {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const result = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  const made: Transaction = {
    signal,
    alone: false,
    fail: reject,
    async plan(state) {
      try {
        const planned = await plan(state);
        if (planned.writes.length > MAX_WRITES) {
          throw new TypeError(`a plan has ${planned.writes.length} writes; one commit takes ${MAX_WRITES}`);
        }
        return {
          writes: planned.writes,
          finish(cids) {
            try {
              resolve(planned.result(cids));
            } catch (error) {
              reject(error);
            }
          },
        };
      } catch (error) {
        return { writes: [], finish: () => reject(error) };
      }
    },
  };
  return { transaction: made, result };
}

import { AtdataError, abortable, isAtdataError, redactUrl } from "@atdata/core";
import { type Applied, applyWrites, isDone } from "./apply-writes.ts";
import { BatchState } from "./batch-state.ts";
import type { Collections, Commit } from "./collections.ts";
import { type PreparedWrite, placeOf, prepareWrite } from "./prepared-write.ts";
import { backoffMs, type Timing } from "./retry.ts";
import { MAX_WRITES, type Outcome, type Transaction } from "./transaction.ts";
import type { Xrpc } from "./xrpc.ts";

/** The PDS reads no body beyond 1 MB. */
const MAX_BYTES = 900_000;
/** So often a commit is tried again because there was another one. */
const RACES = 30;

/** Where transactions are sent. */
export interface QueuePlace {
  readonly xrpc: Xrpc;
  readonly collections: Collections;
  readonly pds: string;
  readonly did: string;
  readonly timing: Timing;
}

interface Member {
  readonly transaction: Transaction;
  readonly outcome: Outcome;
  readonly writes: readonly PreparedWrite[];
}

interface Batch {
  readonly members: readonly Member[];
  readonly writes: readonly PreparedWrite[];
}

/** What an attempt came to: done, or to be tried again, after a batch that may have been done although nobody said so. */
type Attempt = "done" | { readonly unanswered: Batch | undefined };

/** Gives transactions, in the order in which they came, to commits: one at a time, as many transactions in each as fit. */
export class TransactionQueue {
  readonly #place: QueuePlace;
  #waiting: readonly Transaction[] = [];
  #running = false;

  /** Begins empty. */
  constructor(place: QueuePlace) {
    this.#place = place;
  }

  /** Adds a transaction. */
  add(transaction: Transaction): void {
    this.#waiting = [...this.#waiting, transaction];
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // Those that are begun in the same moment go together.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const candidates = this.#waiting;
      const { signal, release } = whenAllAborted(candidates);
      try {
        await this.#commit(candidates, signal);
      } catch (error) {
        this.#end(candidates, (transaction) => transaction.fail(error));
      } finally {
        release();
      }
      this.#waiting = this.#waiting.filter((transaction) => transaction.signal?.aborted !== true);
    }
    this.#running = false;
  }

  /** Makes one commit of the first of the candidates. */
  async #commit(candidates: readonly Transaction[], signal: AbortSignal): Promise<void> {
    const { timing } = this.#place;
    let unanswered: Batch | undefined;
    for (let races = 0; races < RACES; races++) {
      signal.throwIfAborted();
      if (races > 1) await timing.sleep(backoffMs(Math.min(races, 4), timing), signal);
      const attempt = await this.#attempt(candidates, unanswered, signal);
      if (attempt === "done") return;
      unanswered = attempt.unanswered;
    }
    const fields = { pds: redactUrl(this.#place.pds), operation: "com.atproto.repo.applyWrites", error: "InvalidSwap" };
    throw new AtdataError("PDS_FAILED", "the repository changes faster than it can be written", fields);
  }

  async #attempt(
    candidates: readonly Transaction[],
    unanswered: Batch | undefined,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { collections } = this.#place;
    const head = await collections.head(signal);
    if (unanswered !== undefined) {
      const done = await isDone(collections, head, unanswered.writes, signal);
      if (done === undefined) return { unanswered };
      if (done) return this.#finish(unanswered, new Map());
    }
    const batch = await this.#plan(candidates, head, signal);
    if (batch === undefined) return { unanswered: undefined };
    if (batch.writes.length === 0) return this.#finish(batch, new Map());
    try {
      const applied = await applyWrites(this.#place, head.cid, batch.writes, signal);
      if ("mayBeDone" in applied) return { unanswered: applied.mayBeDone ? batch : undefined };
      this.#keep(head, applied, batch.writes);
      return this.#finish(batch, applied.cids);
    } catch (error) {
      if (!isAtdataError(error, "PDS_FAILED")) throw error;
      const writing = batch.members.filter(({ writes }) => writes.length > 0);
      const { status = 0 } = error.fields;
      if (writing.length > 1 && status >= 400 && status < 500 && status !== 429) {
        // One of them is at fault, and the others are not to suffer for it.
        for (const { transaction } of writing) transaction.alone = true;
        return { unanswered: undefined };
      }
      this.#end(members(batch), (transaction) => transaction.fail(error));
      return "done";
    }
  }

  /** Asks plans in turn for as long as what they write fits; `undefined` when there is another commit. */
  async #plan(candidates: readonly Transaction[], head: Commit, signal: AbortSignal): Promise<Batch | undefined> {
    const state = new BatchState(this.#place.collections, head, signal);
    const planned: Member[] = [];
    let [count, bytes] = [0, 0];
    for (const transaction of candidates) {
      if (planned.length > 0 && (transaction.alone || planned[0]?.transaction.alone === true)) break;
      const member = await this.#member(transaction, state);
      if (state.stale) return undefined;
      if (member === undefined) continue;
      count += member.writes.length;
      bytes += member.writes.reduce((sum, write) => sum + write.bytes, 0);
      if (planned.length > 0 && (count > MAX_WRITES || bytes > MAX_BYTES)) break;
      planned.push(added(member, state));
    }
    return { members: planned, writes: state.writes };
  }

  async #member(transaction: Transaction, state: BatchState): Promise<Member | undefined> {
    if (transaction.signal?.aborted) return undefined;
    try {
      const outcome = await abortable(transaction.plan(state), transaction.signal);
      const prepared = outcome.writes.map((write) => prepareWrite(this.#place.did, write));
      return { transaction, outcome, writes: await Promise.all(prepared) };
    } catch (error) {
      return failed(transaction, error);
    }
  }

  #keep(head: Commit, { commit, cids }: Applied, writes: readonly PreparedWrite[]): void {
    const { collections } = this.#place;
    collections.committed(head, commit, writes);
    for (const write of writes) {
      // A PDS that keeps another record than it was sent is asked for it.
      if (cids.get(placeOf(write)) !== write.record?.cid) collections.forget(write.collection);
    }
  }

  #finish(batch: Batch, told: ReadonlyMap<string, string>): "done" {
    const last = new Map(batch.writes.map((write) => [placeOf(write), write.record]));
    this.#end(members(batch), (transaction) => {
      const member = batch.members.find((member) => member.transaction === transaction);
      const cids = new Map<string, string>();
      for (const write of member?.writes ?? []) {
        if (write.record === undefined) continue;
        const place = placeOf(write);
        const own = last.get(place) === write.record ? told.get(place) : undefined;
        cids.set(place, own ?? write.record.cid);
      }
      member?.outcome.finish(cids);
    });
    return "done";
  }

  #end(ended: readonly Transaction[], end: (transaction: Transaction) => void): void {
    this.#waiting = this.#waiting.filter((transaction) => !ended.includes(transaction));
    for (const transaction of ended) end(transaction);
  }
}

function members(batch: Batch): readonly Transaction[] {
  return batch.members.map(({ transaction }) => transaction);
}

function added(member: Member, state: BatchState): Member {
  try {
    state.add(member.writes);
    return member;
  } catch (error) {
    return failed(member.transaction, error);
  }
}

/** A member that writes nothing and fails when the others are done: what it saw may have been of them. */
function failed(transaction: Transaction, error: unknown): Member {
  return { transaction, outcome: { writes: [], finish: () => transaction.fail(error) }, writes: [] };
}

function whenAllAborted(all: readonly Transaction[]): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const look = (): void => {
    const running = all.some(({ signal }) => signal?.aborted !== true);
    if (!running) controller.abort(all[0]?.signal?.reason);
  };
  for (const { signal } of all) signal?.addEventListener("abort", look);
  look();
  const release = (): void => {
    for (const { signal } of all) signal?.removeEventListener("abort", look);
  };
  return { signal: controller.signal, release };
}

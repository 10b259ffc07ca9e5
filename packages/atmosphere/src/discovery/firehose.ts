import { AtdataError } from "@atdata/core";
import { backoffMs, PATIENCE } from "../client/retry.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import { kindOf } from "./commit-events.ts";
import { type CommitFrame, type Frame, readFrame } from "./firehose-frame.ts";
import { ConnectionLost, useSocket } from "./firehose-socket.ts";
import type { WatchKind } from "./watch-event.ts";

const OPERATION = "com.atproto.sync.subscribeRepos";
const LIMITS = { items: 1000, bytes: 32 << 20 };
/** Nothing may happen for days, or the other side may be gone: so long it is believed to be there. */
const SILENCE_MS = 120_000;
/** A connection that was open for so long was a good one. */
const GOOD_MS = 10_000;
const { timing, retries: FIRST_RETRIES } = PATIENCE;

/** What is asked of {@link Firehose}. */
export interface FirehoseOptions {
  /** Its origin, `http:` or `https:`. */
  readonly service: URL;
  /** The number behind which it begins; without one with what happens from now on. */
  readonly after: number | undefined;
  /** Commits that have nothing of these are passed over. */
  readonly kinds: readonly WatchKind[];
  /** Is told whenever a connection is open. */
  readonly onOpen: (() => void) | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What a connection begins with: the events behind one, what happens now, or all that the service still has. */
type Begin = "after" | "now" | "all";

/** The commits of a service, in order, each once, over as many connections as it takes. */
export class Firehose {
  readonly #options: FirehoseOptions;
  readonly #queue = new BoundedQueue<CommitFrame | AtdataError>(LIMITS);
  readonly #begun = timing.now();
  #after: number | undefined;
  #wasOpen = false;
  #openedAt: number | undefined;
  #tried = false;
  /** Whether all was asked for once, so that what comes may be older than the watching, over however many connections. */
  #replays = false;
  #failures = 0;

  /** Connects. */
  constructor(options: FirehoseOptions) {
    this.#options = options;
    this.#after = options.after;
    options.signal.addEventListener("abort", () => this.#stop(), { once: true });
    this.#run().catch((error: unknown) => this.#queue.end(error));
  }

  /** Gives the next commit, or what went wrong before it; `undefined` after the signal. */
  next(): Promise<CommitFrame | AtdataError | undefined> {
    return this.#queue.take();
  }

  #stop(): void {
    this.#queue.clear();
    this.#queue.end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#connect();
        await this.#queue.room();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ConnectionLost)) throw error;
        await this.#lost(error);
      }
    }
  }

  async #lost({ message }: ConnectionLost): Promise<void> {
    if (timing.now() - (this.#openedAt ?? Number.POSITIVE_INFINITY) > GOOD_MS) this.#failures = 0;
    this.#openedAt = undefined;
    const failure = this.#failed(message);
    if (!this.#wasOpen && this.#failures >= FIRST_RETRIES) throw failure;
    // Once for all attempts until it is open again.
    if (this.#wasOpen && this.#failures === 0) this.#queue.put(failure, 0);
    await timing.sleep(backoffMs(this.#failures++, timing), this.#options.signal).catch(() => {});
  }

  #connect(): Promise<unknown> {
    const { service, signal, onOpen } = this.#options;
    // What happened since the beginning has no number before the first message: then all is asked for, and the old passed over.
    const begin: Begin = this.#after !== undefined ? "after" : this.#tried ? "all" : "now";
    this.#tried = true;
    this.#replays ||= begin === "all";
    const url = new URL(`/xrpc/${OPERATION}${begin === "now" ? "" : `?cursor=${this.#after ?? 0}`}`, service);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return useSocket(
      url.href,
      {
        opened: () => {
          this.#wasOpen = true;
          this.#openedAt = timing.now();
          onOpen?.();
        },
        take: (data) => {
          this.#take(data, begin);
          return this.#queue.hasRoom;
        },
      },
      { silenceMs: SILENCE_MS, signal },
    );
  }

  #take(data: unknown, begin: Begin): void {
    const { origin } = this.#options.service;
    let frame: Frame;
    try {
      frame = readFrame(data, origin);
    } catch (error) {
      this.#queue.put(error as AtdataError, 0);
      return;
    }
    if (frame.type === "error") throw this.#refusal(frame.error);
    if (frame.type === "info") {
      // Who asks for all from 0 on means all that there still is.
      if (frame.name === "OutdatedCursor" && begin === "after" && this.#after !== 0)
        this.#missed("the service no longer has them");
      return;
    }
    const { seq } = frame;
    if (seq === undefined || seq <= (this.#after ?? -1)) return;
    this.#after = seq;
    this.#failures = 0;
    if (frame.type === "sync") this.#missed("the repository was replaced by another", frame.did);
    if (frame.type === "commit") this.#takeCommit(frame);
  }

  #takeCommit(commit: CommitFrame): void {
    const { did, time, tooBig, ops, blocks } = commit;
    if (this.#replays && Date.parse(time) < this.#begun) return;
    if (tooBig) this.#missed("a commit was too large to be told", did);
    const { kinds } = this.#options;
    if (ops.some((op) => kindOf(op, kinds) !== undefined)) this.#queue.put(commit, blocks.length);
  }

  #missed(why: string, did?: string): void {
    const fields = { service: this.#options.service.origin, ...(did !== undefined && { did }) };
    const hint = "list what is there";
    this.#queue.put(new AtdataError("EVENTS_MISSED", `events are missing: ${why}`, fields, { hint }), 0);
  }

  #refusal(error: string): Error {
    if (error === "FutureCursor") {
      const clause = "the service has not come so far: the cursor is of another one, or it was set up anew";
      const hint = "watch without a cursor";
      return new AtdataError("CURSOR_INVALID", clause, { cursor: `${this.#after}` }, { hint });
    }
    const name = /^\w{1,64}$/.test(error) ? error : undefined;
    if (name === "InvalidRequest") return this.#failed("the service refuses to be watched", name);
    return new ConnectionLost(`the service ended it (${name ?? "no reason"})`);
  }

  #failed(clause: string, error?: string): AtdataError {
    const fields = { pds: this.#options.service.origin, operation: OPERATION, ...(error !== undefined && { error }) };
    return new AtdataError("PDS_FAILED", clause, fields);
  }
}

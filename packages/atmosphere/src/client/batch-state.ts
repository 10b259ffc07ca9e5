import { abortable } from "@atdata/core";
import { type Change, type Collections, type Commit, changed } from "./collections.ts";
import { type PreparedWrite, placeOf } from "./prepared-write.ts";
import type { RepoRecord, RepoState } from "./repo-client.ts";

/** Thrown out of a plan when the repository has another commit than the one it was planned on. */
class StaleState extends Error {
  override readonly name = "StaleState";
}

/** A repository as the plans of one batch see it: as it was at a commit, with what the plans before write. */
export class BatchState implements RepoState {
  readonly #collections: Collections;
  readonly #head: Commit;
  readonly #signal: AbortSignal;
  readonly #lists = new Map<string, readonly RepoRecord[]>();
  readonly #writes = new Map<string, PreparedWrite>();
  #stale = false;

  /** Begins with a commit. */
  constructor(collections: Collections, head: Commit, signal: AbortSignal) {
    this.#collections = collections;
    this.#head = head;
    this.#signal = signal;
  }

  /** Whether the commit turned out not to be the latest one: what was planned counts for nothing. */
  get stale(): boolean {
    return this.#stale;
  }

  /** What is to be written in the end, at most once for each record. */
  get writes(): readonly PreparedWrite[] {
    return [...this.#writes.values()];
  }

  async all(collection: string): Promise<readonly RepoRecord[]> {
    const known = this.#lists.get(collection);
    if (known !== undefined) return known;
    const records = await abortable(this.#collections.at(this.#head, collection, this.#signal), this.#signal);
    if (records === undefined) {
      this.#stale = true;
      throw new StaleState("the repository has changed");
    }
    const list = changed(records, this.#of(collection, this.#writes.values()));
    this.#lists.set(collection, list);
    return list;
  }

  /**
   * Lets the plans that follow see these writes.
   *
   * @throws TypeError – one creates what is there, or changes what is not; nothing is changed then.
   */
  add(writes: readonly PreparedWrite[]): void {
    const net = new Map(this.#writes);
    for (const write of writes) {
      const place = placeOf(write);
      const there = this.#isThere(write, net);
      if (there === true && write.action === "create")
        throw new TypeError(`a plan creates a record that is there: ${place}`);
      if (there === false && write.action !== "create") {
        throw new TypeError(`a plan ${write.action}s a record that is not there: ${place}`);
      }
      const joined = join(net.get(place), write);
      net.delete(place);
      if (joined !== undefined) net.set(place, joined);
    }
    this.#writes.clear();
    for (const [place, write] of net) this.#writes.set(place, write);
    for (const [collection, list] of this.#lists) {
      const own = this.#of(collection, writes);
      if (own.length > 0) this.#lists.set(collection, changed(list, own));
    }
  }

  #isThere({ collection, rkey }: PreparedWrite, net: ReadonlyMap<string, PreparedWrite>): boolean | undefined {
    const before = net.get(placeOf({ collection, rkey }));
    if (before !== undefined) return before.record !== undefined;
    return this.#lists.get(collection)?.some((record) => record.rkey === rkey);
  }

  #of(collection: string, writes: Iterable<PreparedWrite>): readonly Change[] {
    return [...writes].filter((write) => write.collection === collection);
  }
}

/** Makes one write of two of the same record, as a commit has at most one; `undefined` where nothing is left to do. */
function join(before: PreparedWrite | undefined, after: PreparedWrite): PreparedWrite | undefined {
  if (before === undefined) return after;
  if (before.action === "create") return after.action === "delete" ? undefined : { ...after, action: "create" };
  return after.action === "delete" ? after : { ...after, action: "update" };
}

import { isAtdataError } from "../errors.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import type { BaseContext } from "./base-context.ts";
import { groupRanges, type Located, type RangeGroup } from "./range-groups.ts";
import { decodeLocated, noRanges } from "./read-located.ts";
import { SampleReader } from "./sample-reader.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** Ranges in flight at once: enough to hide a round trip, few enough for any server. */
const IN_FLIGHT = 8;
/** Bytes that may be read ahead at the start, so that a loop that ends soon has not asked for much. */
const FIRST_AHEAD = 256 * 1024;
const MAX_AHEAD = 32 * 1024 * 1024;

/** A range on its way. */
interface Flight {
  readonly group: RangeGroup;
  /** Never rejects. */
  readonly result: Promise<Landed>;
}

/** A range that was read, or why it could not be. */
interface Landed {
  readonly group: RangeGroup;
  readonly bytes?: Uint8Array;
  readonly error?: unknown;
}

/** There are no more ranges, or finding them failed. */
interface NoMore {
  readonly ended: true;
  readonly error?: unknown;
}

/** What a stage of located records takes of the context. */
export type LocatedContext = Pick<BaseContext, "input" | "signal" | "failures" | "onBytes" | "ownership" | "giving">;

/**
 * Gives records that are read from known places, in the order of the places; neighbours share a range.
 *
 * It reads no further ahead than it has given so far, 256 KiB at the start and 32 MiB at the most.
 */
export class LocatedStage implements Stage<unknown> {
  readonly #context: LocatedContext;
  readonly #samples: SampleReader<unknown>;
  readonly #groups: AsyncGenerator<RangeGroup, undefined>;
  readonly #stop: AbortController = new AbortController();
  readonly #flying: Flight[] = [];
  #flyingBytes = 0;
  #givenBytes = 0;
  #finding: Promise<RangeGroup | NoMore> | undefined;
  #landed: Landed | undefined;
  /** The next of the records that have landed. */
  #at = 0;
  #ended = false;
  /** Why no more ranges were found; thrown when those before have been given. */
  #failure: { readonly error?: unknown } = {};
  #state: number;

  /** `from` is the state before the first record. `find` gives the places; its signal is aborted when the stage is closed. */
  constructor(context: LocatedContext, find: (signal: AbortSignal) => AsyncIterator<Located>, from: number) {
    this.#context = context;
    this.#state = from;
    const { input, signal, ownership } = context;
    this.#samples = new SampleReader(input, ownership === "borrow" ? "borrow" : "copy");
    if (signal?.aborted === true) this.#stop.abort(signal.reason);
    else signal?.addEventListener("abort", this.#onAbort);
    this.#groups = groupRanges(input.format, find(this.#stop.signal), () => this.#ahead / IN_FLIGHT);
  }

  readonly #onAbort = (): void => this.#stop.abort(this.#context.signal?.reason);

  get #ahead(): number {
    return Math.min(MAX_AHEAD, Math.max(FIRST_AHEAD, this.#givenBytes));
  }

  pull(): unknown {
    const landed = this.#landed;
    for (; landed !== undefined && this.#at < landed.group.items.length; ) {
      const item = landed.group.items[this.#at++] as Located;
      this.#state = item.next;
      try {
        return this.#read(item, landed);
      } catch (error) {
        if (!isAtdataError(error)) throw error;
        this.#context.failures.handle(error);
      }
    }
    this.#landed = undefined;
    return this.#ended && this.#flying.length === 0 && !("error" in this.#failure) ? END : MORE;
  }

  async wait(): Promise<void> {
    for (;;) {
      const first = this.#flying[0];
      if (!this.#mayFly()) {
        if (first !== undefined) this.#land(await first.result);
        else if ("error" in this.#failure) throw this.#failure.error;
        return;
      }
      this.#finding ??= this.#find();
      const found = await (first === undefined ? this.#finding : Promise.race([first.result, this.#finding]));
      if ("group" in found) {
        this.#land(found);
        return;
      }
      this.#finding = undefined;
      if ("ended" in found) {
        this.#ended = true;
        this.#failure = found;
      } else if (!this.#ended) this.#start(found);
    }
  }

  state(): StageState {
    return this.#state;
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#landed = undefined;
    this.#context.signal?.removeEventListener("abort", this.#onAbort);
    this.#stop.abort();
    await Promise.all([this.#finding, ...this.#flying.splice(0).map(({ result }) => result)]);
    await this.#groups.return(undefined);
  }

  #mayFly(): boolean {
    if (this.#ended) return false;
    return this.#flying.length === 0 || (this.#flying.length < IN_FLIGHT && this.#flyingBytes < this.#ahead);
  }

  /** Never rejects. */
  async #find(): Promise<RangeGroup | NoMore> {
    try {
      return (await this.#groups.next()).value ?? { ended: true };
    } catch (error) {
      return { ended: true, error };
    }
  }

  #start(group: RangeGroup): void {
    this.#flyingBytes += group.length;
    this.#flying.push({ group, result: this.#fetch(group) });
  }

  async #fetch(group: RangeGroup): Promise<Landed> {
    const { source, shards } = this.#context.input;
    try {
      const { url, sha256 } = shards[group.shard] as ShardInfo;
      const bytes = await source.read?.(url, group.from, group.length, { signal: this.#stop.signal, sha256 });
      if (bytes === undefined) throw noRanges(source.name);
      return { group, bytes };
    } catch (error) {
      return { group, error };
    }
  }

  #land(landed: Landed): void {
    const { length } = landed.group;
    this.#flying.shift();
    this.#flyingBytes -= length;
    this.#givenBytes += length;
    this.#context.onBytes(landed.bytes?.length ?? 0);
    this.#landed = landed;
    this.#at = 0;
  }

  #read({ shard, place }: Located, { group, bytes, error }: Landed): unknown {
    if (bytes === undefined) throw error;
    const { input, giving } = this.#context;
    const span = input.format.span(place.offset, place.size);
    const start = span.from - group.from;
    const own = { bytes: bytes.subarray(start, start + span.length), from: span.from };
    const { payload, ...entry } = decodeLocated(input, this.#samples, shard, place, own);
    if (giving === "samples") return entry.sample;
    return giving === "entries" ? entry : { ...entry, payload };
  }
}

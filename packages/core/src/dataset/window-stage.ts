import { isAtdataError } from "../errors.ts";
import { type ShardReader, STEP_END, STEP_MORE, STEP_RECORD } from "../protocols/shard-format.ts";
import type { Failures } from "./failures.ts";
import type { RecordArena } from "./record-arena.ts";
import type { Stride } from "./sequential-stage.ts";
import type { ShardScan } from "./shard-scan.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";
import type { Windows } from "./window.ts";

/** What a {@link WindowStage} walks over. */
export interface WindowPlan {
  /** The records in shard order, from the first shard of the first window on. */
  readonly scan: ShardScan;
  /** Position, in shard order, of the first record of the shard at a place of the order. */
  readonly startOf: (place: number) => number;
  /** Which records of the shards take part. */
  readonly records: Stride;
  /** Which positions of the shuffled sequence this part gives. */
  readonly stride: Stride;
  /** First position that is not given any more. */
  readonly limit: number;
  /** First position to give. */
  readonly from: number;
  /** The order. */
  readonly windows: Windows;
}

/**
 * Gives records in a shuffled order that is a pure function of seed and position: reads a window in shard order, keeps
 * what this part will give, then gives it permuted.
 */
export class WindowStage<T> implements Stage<T> {
  readonly #plan: WindowPlan;
  readonly #arena: RecordArena;
  readonly #take: (slot: number, position: number) => T;
  readonly #failures: Failures;
  /** Next position to give. */
  #position: number;
  #state: number;
  #window = -1;
  #start = 0;
  #end = 0;
  #order: Uint32Array = new Uint32Array(0);
  #wanted: Uint8Array = new Uint8Array(0);
  #loading = false;
  /** Whether the scan stands on a record of the next window. */
  #held = false;

  /** `take` decodes the record in a slot of the arena. */
  constructor(plan: WindowPlan, arena: RecordArena, take: (slot: number, position: number) => T, failures: Failures) {
    this.#plan = plan;
    this.#arena = arena;
    this.#take = take;
    this.#failures = failures;
    this.#position = plan.from + plan.stride.index;
    this.#state = plan.from;
  }

  pull(): T | typeof MORE | typeof END {
    const { stride, limit } = this.#plan;
    for (;;) {
      const position = this.#position;
      if (position >= limit) return this.#finish();
      if (position >= this.#end || this.#window < 0) this.#begin(position);
      if (this.#loading && !this.#load()) return MORE;
      const slot = this.#order[position - this.#start] as number;
      this.#position = position + stride.count;
      this.#state = position - stride.index + stride.count;
      if (!this.#arena.has(slot)) continue;
      try {
        return this.#take(slot, position);
      } catch (error) {
        if (!isAtdataError(error)) throw error;
        this.#failures.handle(error);
      }
    }
  }

  wait(): Promise<void> {
    return this.#plan.scan.advance();
  }

  state(): StageState {
    return this.#state;
  }

  close(): Promise<void> {
    return this.#plan.scan.close();
  }

  /** Reads the last shard to its end, which is where its checksum and number of records can be compared. */
  #finish(): typeof MORE | typeof END {
    if (this.#window < 0) return END;
    for (;;) {
      const step = this.#plan.scan.step();
      if (step !== STEP_RECORD) return step === STEP_MORE ? MORE : END;
    }
  }

  /** Turns to the window that holds a position. */
  #begin(position: number): void {
    const { windows, stride, limit } = this.#plan;
    this.#window = windows.at(position);
    this.#start = windows.start(this.#window);
    this.#end = windows.end(this.#window);
    this.#order = windows.permutation(this.#window);
    const size = this.#end - this.#start;
    this.#arena.reset();
    this.#wanted = new Uint8Array(size);
    for (let p = position; p < Math.min(this.#end, limit); p += stride.count) {
      this.#wanted[this.#order[p - this.#start] as number] = 1;
    }
    this.#loading = true;
  }

  /** Reads on until the window is complete; false when bytes are missing. */
  #load(): boolean {
    const { scan, startOf, records } = this.#plan;
    for (;;) {
      if (!this.#held) {
        const step = scan.step();
        if (step === STEP_MORE) return false;
        if (step === STEP_END) break;
      }
      this.#held = false;
      const place = startOf(scan.place) + scan.ordinal - 1;
      if (place % records.count !== records.index) continue;
      const record = (place - records.index) / records.count;
      if (record >= this.#end) {
        this.#held = true;
        break;
      }
      const slot = record - this.#start;
      if (slot >= 0 && this.#wanted[slot] === 1) this.#arena.put(slot, scan.reader as ShardReader, scan.shard);
      if (record === this.#end - 1) break;
    }
    this.#loading = false;
    return true;
  }
}

import { isAtdataError } from "../errors.ts";
import type { ShardReader } from "../protocols/shard-format.ts";
import { STEP_END, STEP_MORE } from "../protocols/shard-format.ts";
import type { Failures } from "./failures.ts";
import type { ShardScan } from "./shard-scan.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** Every `count`-th position, from `index` on. */
export interface Stride {
  /** Which of the parts. */
  readonly index: number;
  /** Number of parts. */
  readonly count: number;
}

/** Where a {@link SequentialStage} starts and ends. */
export interface SequencePlace {
  /** Position at which the scan stands, at most `from`. */
  readonly at: number;
  /** First position to give. */
  readonly from: number;
  /** Which positions to give. */
  readonly stride: Stride;
  /** Tells the position at which the shard at a place of the order starts, where counts are known. */
  readonly startOf?: (place: number) => number;
  /** First position that is not given any more. */
  readonly limit?: number;
}

/** Makes what a stage gives of the record that a reader stands on. */
export type TakeRecord<T> = (reader: ShardReader, shard: number, position: number) => T;

/**
 * Gives the records of a scan in its order, from a position on and in strides.
 *
 * Its state counts positions of the whole sequence: when all parts of a run have given the same number, they have the
 * same state, and any other number of parts can go on from it.
 */
export class SequentialStage<T> implements Stage<T> {
  readonly #scan: ShardScan;
  readonly #take: TakeRecord<T>;
  readonly #failures: Failures;
  readonly #from: number;
  readonly #stride: Stride;
  readonly #startOf: ((place: number) => number) | undefined;
  readonly #limit: number;
  /** Position behind the record that was stepped on last. */
  #position: number;
  #state: number;
  #place = -1;

  /** Takes a scan that stands at `place.at`. */
  constructor(scan: ShardScan, take: TakeRecord<T>, failures: Failures, place: SequencePlace) {
    this.#scan = scan;
    this.#take = take;
    this.#failures = failures;
    this.#position = place.at;
    this.#from = place.from;
    this.#state = place.from;
    this.#stride = place.stride;
    this.#startOf = place.startOf;
    this.#limit = place.limit ?? Number.POSITIVE_INFINITY;
  }

  pull(): T | typeof MORE | typeof END {
    const { index, count } = this.#stride;
    for (;;) {
      const step = this.#scan.step();
      if (step === STEP_MORE) return MORE;
      if (step === STEP_END || this.#position >= this.#limit) return END;
      const position = this.#position++;
      const distance = position - this.#from;
      if (distance < 0 || (count > 1 && distance % count !== index)) continue;
      this.#state = position - index + count;
      try {
        return this.#take(this.#scan.reader as ShardReader, this.#scan.shard, position);
      } catch (error) {
        if (!isAtdataError(error)) throw error;
        this.#failures.handle(error);
      }
    }
  }

  async wait(): Promise<void> {
    await this.#scan.advance();
    // A damaged shard that was skipped has given fewer records than it counts.
    const { place } = this.#scan;
    if (place !== this.#place && this.#startOf !== undefined && this.#scan.ordinal === 0) {
      this.#place = place;
      this.#position = this.#startOf(place);
    }
  }

  state(): StageState {
    return this.#state;
  }

  close(): Promise<void> {
    return this.#scan.close();
  }
}

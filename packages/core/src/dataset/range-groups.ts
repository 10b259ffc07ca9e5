import { macrotask } from "../internal/macrotask.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { Place } from "./place.ts";

/** A gap longer than this is not read over: by then another request costs less than the bytes. */
const MAX_GAP = 64 * 1024;
/** Bytes read, at the most, for each byte wanted. */
const MAX_WASTE = 2;

/** A record to be read from its place. */
export interface Located {
  /** Index of its shard. */
  readonly shard: number;
  /** Where it lies. */
  readonly place: Place;
  /** Position that follows it, for the state. */
  readonly next: number;
}

/** Records of one shard that one range read gets, in order. */
export interface RangeGroup {
  /** Index of the shard. */
  readonly shard: number;
  /** First byte. */
  readonly from: number;
  /** Number of bytes. */
  readonly length: number;
  /** The records, in the order given. */
  readonly items: readonly Located[];
}

/**
 * Joins neighbours into ranges, without changing their order: those of one shard that ascend with small gaps.
 *
 * At most 64 KiB lie between two, and at most half of a range is bytes that nobody wants. A range that has begun is
 * given as soon as finding the next record takes time, so that it is read meanwhile.
 *
 * @param limit - Asked for the number of bytes that the next range may have; a record alone may have more.
 */
export async function* groupRanges(
  format: ShardFormat,
  records: AsyncIterator<Located>,
  limit: () => number,
): AsyncGenerator<RangeGroup, undefined> {
  let open: OpenGroup | undefined;
  try {
    for (;;) {
      const step = records.next();
      // Met below, but perhaps not at once.
      step.catch(() => undefined);
      if (open !== undefined && !(await settles(step, open.turn))) {
        yield open.group();
        open = undefined;
      }
      const { done, value } = await step;
      if (done === true) break;
      if (open?.add(format, value) === true) continue;
      if (open !== undefined) yield open.group();
      open = new OpenGroup(format, value, limit());
    }
  } catch (error) {
    if (open !== undefined) yield open.group();
    throw error;
  } finally {
    await records.return?.();
  }
  if (open !== undefined) yield open.group();
}

/** Tells whether a promise settles before a turn is over. */
function settles(step: Promise<unknown>, turn: Promise<void>): Promise<boolean> {
  const settled = (): boolean => true;
  return Promise.race([step.then(settled, settled), turn.then(() => false)]);
}

class OpenGroup {
  /** Passes when whatever waits for nothing but promises has had its chance. */
  readonly turn: Promise<void> = macrotask();
  readonly #shard: number;
  readonly #from: number;
  readonly #limit: number;
  readonly #items: Located[];
  #last: number;
  #end: number;
  #wanted: number;

  constructor(format: ShardFormat, first: Located, limit: number) {
    const { from, length } = format.span(first.place.offset, first.place.size);
    this.#shard = first.shard;
    this.#from = from;
    this.#last = from;
    this.#end = from + length;
    this.#wanted = length;
    this.#limit = limit;
    this.#items = [first];
  }

  /** Takes a record in when it lies near enough; tells whether it does. */
  add(format: ShardFormat, item: Located): boolean {
    if (item.shard !== this.#shard) return false;
    const { from, length } = format.span(item.place.offset, item.place.size);
    const end = Math.max(this.#end, from + length);
    const wanted = this.#wanted + length;
    if (from < this.#last || from - this.#end > MAX_GAP) return false;
    if (end - this.#from > Math.min(this.#limit, MAX_WASTE * wanted)) return false;
    this.#items.push(item);
    this.#last = from;
    this.#end = end;
    this.#wanted = wanted;
    return true;
  }

  group(): RangeGroup {
    return { shard: this.#shard, from: this.#from, length: this.#end - this.#from, items: this.#items };
  }
}

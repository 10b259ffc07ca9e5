import { ByteWriter } from "../codec/byte-writer.ts";
import type { Member, ShardReader } from "../protocols/shard-format.ts";
import type { SampleReader } from "./sample-reader.ts";

/**
 * Records kept undecoded in one piece of memory, which the next lot uses again: ten thousand samples are one object to
 * the collector.
 */
export class RecordArena {
  readonly #memory: ByteWriter = new ByteWriter(1024 * 1024);
  #starts: Float64Array = new Float64Array(0);
  /** −1 where there is none. */
  #sizes: Int32Array = new Int32Array(0);
  /** Where each lay in its shard, for messages. */
  #offsets: Float64Array = new Float64Array(0);
  #shards: Uint32Array = new Uint32Array(0);
  /** Behind the last slot used. */
  #end = 0;
  #keys: string[] = [];
  readonly #members: Map<number, readonly Member[]> = new Map();
  readonly #keepKeys: boolean;

  /** Keys are kept only when somebody asks for them. */
  constructor(keepKeys: boolean) {
    this.#keepKeys = keepKeys;
  }

  /** Forgets all records. */
  reset(): void {
    this.#memory.length = 0;
    this.#members.clear();
    this.#keys = [];
    this.#sizes.fill(-1);
    this.#end = 0;
  }

  /** Copies the record that a reader stands on. */
  put(slot: number, reader: ShardReader, shard: number): void {
    const members = reader.members();
    const size = reader.end - reader.start;
    if (slot >= this.#sizes.length) this.#grow(slot);
    if (slot >= this.#end) this.#end = slot + 1;
    this.#starts[slot] = this.#memory.length;
    this.#sizes[slot] = size;
    this.#offsets[slot] = reader.offset;
    this.#shards[slot] = shard;
    if (members === undefined) this.#memory.append(reader.bytes.subarray(reader.start, reader.end));
    else this.#members.set(slot, members);
    if (this.#keepKeys || members !== undefined) this.#keys[slot] = reader.key();
  }

  /** Copies the record that a reader stands on into the next slot, and gives its number. */
  add(reader: ShardReader, shard: number): number {
    const slot = this.#end;
    this.put(slot, reader, shard);
    return slot;
  }

  /** Whether there is a record; none where a damaged shard was skipped. */
  has(slot: number): boolean {
    return slot < this.#end && (this.#sizes[slot] as number) >= 0;
  }

  /** The shard that a record came from. */
  shard(slot: number): number {
    return this.#shards[slot] as number;
  }

  /** The key of a record, where keys are kept. */
  key(slot: number): string {
    return this.#keys[slot] ?? "";
  }

  /** Decodes a record. The reader must copy, because the memory is used again. */
  read<S>(slot: number, samples: SampleReader<S>): S {
    const shard = this.#shards[slot] as number;
    const members = this.#members.get(slot);
    const place = { key: this.#keys[slot], at: this.#offsets[slot] };
    if (members !== undefined) return samples.fromMembers(members, shard, place);
    const start = this.#starts[slot] as number;
    return samples.fromBytes(this.#memory.bytes, start, start + (this.#sizes[slot] as number), shard, place);
  }

  #grow(slot: number): void {
    const length = Math.max(1024, 2 * slot);
    const [starts, sizes, offsets, shards] = [this.#starts, this.#sizes, this.#offsets, this.#shards];
    this.#starts = new Float64Array(length);
    this.#starts.set(starts);
    this.#sizes = new Int32Array(length).fill(-1);
    this.#sizes.set(sizes);
    this.#offsets = new Float64Array(length);
    this.#offsets.set(offsets);
    this.#shards = new Uint32Array(length);
    this.#shards.set(shards);
  }
}

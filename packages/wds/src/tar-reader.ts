import {
  AtdataError,
  type Member,
  type ReadStep,
  type ShardReader,
  STEP_END,
  STEP_MORE,
  STEP_RECORD,
} from "@atdata/core";
import { ExtendedHeader, isExtended } from "./extended-header.ts";
import { Gatherer } from "./gatherer.ts";
import { MemberName } from "./member-name.ts";
import { SampleGroup } from "./sample-group.ts";
import {
  BLOCK,
  checkHeader,
  HEADER_VALID,
  HEADER_ZERO,
  hasPrefix,
  joinName,
  NAME,
  padded,
  parseSize,
} from "./tar-header.ts";

const nothing = new Uint8Array(0);
/** Longest PAX or GNU name record. */
const MAX_META = 1024 * 1024;
/** Largest member of a sample. */
const MAX_CONTENT = 2 ** 31 - 1;

// Type flags. Links, devices and directories lie between the first two.
const HARD_LINK = 0x31;
const FIFO = 0x36;
const CONTIGUOUS = 0x37;
const REGULAR = 0x30;
const GNU_SPARSE = 0x53;

/**
 * Reads the samples of a tar archive, fed with chunks of any length.
 *
 * Understands ustar, PAX (`path` and `size`), GNU long names and base-256 sizes. A member `<key>.msgpack` is a sample's
 * payload; consecutive members of one key without such a member are a sample of several files.
 *
 * @see POSIX.1-2017, pax; GNU tar manual, "Basic Tar Format".
 */
export class TarReader implements ShardReader {
  bytes: Uint8Array = nothing;
  start = 0;
  end = 0;
  offset = 0;
  size = 0;
  stride = 0;

  readonly #shard: string;
  readonly #locate: boolean;
  readonly #input: Gatherer = new Gatherer();
  #phase: "header" | "content" | "meta" | "end" = "header";
  /** The member whose header was read; `end` is −1 when it is no part of a sample. */
  readonly #name: MemberName = new MemberName();
  #nameMemory: Uint8Array = new Uint8Array(BLOCK);
  #contentSize = 0;
  #contentOffset = 0;
  #metaType = 0;
  readonly #extended: ExtendedHeader = new ExtendedHeader();
  /** Where the first header of the member starts, an extended one included. */
  #headerOffset = -1;
  readonly #group: SampleGroup = new SampleGroup();
  /** Whether the member whose header was read waits until the sample before it was given. */
  #waiting = false;
  #given: readonly Member[] | undefined;
  #distance = 0;

  /** Starts at the first byte of `shard`; with `locate`, contents are passed over. */
  constructor(shard: string, locate: boolean) {
    this.#shard = shard;
    this.#locate = locate;
  }

  get position(): number {
    return this.#input.position;
  }

  push(chunk: Uint8Array, offset?: number): void {
    this.#input.push(chunk, offset);
  }

  finish(): void {
    this.#input.finished = true;
  }

  key(): string {
    return this.#group.key;
  }

  members(): readonly Member[] | undefined {
    return this.#given;
  }

  next(): ReadStep {
    this.#given = undefined;
    for (;;) {
      switch (this.#phase) {
        case "header":
          if (!this.#waiting && !this.#readHeader()) break;
          if (this.#phase === "header" && this.#enterMember()) return STEP_RECORD;
          continue;
        case "meta":
          if (!this.#readMeta()) break;
          continue;
        case "content":
          if (!this.#readContent()) break;
          if (this.#takeMember()) return STEP_RECORD;
          continue;
        case "end":
          return this.#giveFiles() ? STEP_RECORD : STEP_END;
      }
      if (!this.#input.finished) return STEP_MORE;
      this.#reachEnd();
    }
  }

  /** Reads the next header; false when bytes are missing. */
  #readHeader(): boolean {
    const input = this.#input;
    if (!input.take(BLOCK)) return false;
    this.#contentOffset = input.position;
    const check = checkHeader(input.bytes, input.start, input.words);
    if (check === HEADER_VALID) this.#readFields(input.bytes, input.start);
    else if (check === HEADER_ZERO) this.#phase = "end";
    else this.#corrupt(input.position - input.origin === BLOCK ? "not a tar archive" : "header checksum differs");
    return true;
  }

  #readFields(block: Uint8Array, at: number): void {
    const type = block[at + 156] as number;
    const extended = this.#extended;
    const isMeta = isExtended(type);
    const size = extended.size < 0 || isMeta ? parseSize(block, at) : extended.size;
    if (!(size >= 0)) this.#corrupt("member size is not a number");
    this.#contentSize = size;
    if (!extended.pending) this.#headerOffset = this.#contentOffset - BLOCK;
    if (isMeta) {
      if (size > MAX_META) this.#corrupt(`a header record of ${size} bytes is too long`);
      this.#metaType = type;
      this.#phase = "meta";
      return;
    }
    if (type === GNU_SPARSE || extended.sparse) {
      this.#corrupt("sparse members cannot be read", "write the archive without --sparse");
    }
    const longName = extended.name;
    if (extended.pending) extended.clear();
    const regular = type === REGULAR || type === 0 || type === CONTIGUOUS;
    if (regular && this.#splitName(block, at, longName)) return;
    this.#name.end = -1;
    // As Python's reader has it, links, devices and directories have no content, whatever their size says.
    this.#input.skip = type >= HARD_LINK && type <= FIFO ? 0 : padded(size);
  }

  /** Takes the member's name apart. */
  #splitName(block: Uint8Array, at: number, longName: Uint8Array | undefined): boolean {
    if (longName !== undefined) return this.#name.split(longName, 0, longName.length);
    const limit = at + NAME;
    const { origin } = this.#input;
    // Started here by an offset where the field is full: the whole name is in an extended header further up.
    const isCut = origin > 0 && origin === this.#headerOffset && block[limit - 1] !== 0;
    if (!isCut && !hasPrefix(block, at)) return this.#name.split(block, at, limit);
    const memory = this.#nameMemory;
    const length = joinName(block, at, memory);
    const isSample = this.#name.split(memory, 0, length);
    return (isCut && this.#name.completeCut(memory, length)) || isSample;
  }

  /** Books the member whose header was read. True when a sample of several files ends before it, and is given first. */
  #enterMember(): boolean {
    const name = this.#name;
    if (name.end < 0) return false;
    const group = this.#group;
    if (!group.holds(name)) {
      if (this.#giveFiles()) {
        this.#waiting = true;
        return true;
      }
      group.begin(name);
    }
    this.#waiting = false;
    if (!group.add(name)) this.#duplicate(name);
    if (group.hasPayload && !name.isPayload) {
      // Files beside a payload are not part of the sample.
      this.#input.skip = padded(this.#contentSize);
      return false;
    }
    if (this.#contentSize > MAX_CONTENT) this.#corrupt(`a member of ${this.#contentSize} bytes is too large`);
    this.#phase = "content";
    return false;
  }

  /** Brings the content into reach as `bytes`, `start` and `end`; in locate mode only passes over it. */
  #readContent(): boolean {
    const input = this.#input;
    const size = this.#contentSize;
    if (this.#locate) {
      input.skip = padded(size);
      this.bytes = nothing;
      this.start = 0;
      this.end = 0;
    } else {
      if (!input.take(size)) return false;
      this.bytes = input.bytes;
      this.start = input.start;
      this.end = input.start + size;
      input.skip = padded(size) - size;
    }
    this.#phase = "header";
    return true;
  }

  /** Books the content that was read; true when it is a record of its own. */
  #takeMember(): boolean {
    const group = this.#group;
    const offset = this.#contentOffset;
    if (!group.hasPayload) {
      group.keep(this.bytes.slice(this.start, this.end), this.#headerOffset + BLOCK, offset + this.#contentSize);
      return false;
    }
    if (group.files.length > 0) group.files = [];
    this.#setRecord(offset, this.#contentSize);
    return true;
  }

  /** Gives the files collected for a sample without payload, when there are any. */
  #giveFiles(): boolean {
    const group = this.#group;
    if (group.files.length === 0) return false;
    this.#given = group.files;
    group.files = [];
    this.bytes = nothing;
    this.start = 0;
    this.end = 0;
    this.#setRecord(group.filesOffset, group.filesEnd - group.filesOffset);
    return true;
  }

  #setRecord(offset: number, size: number): void {
    const distance = offset - this.offset;
    this.stride = distance === this.#distance ? distance : 0;
    this.#distance = distance;
    this.offset = offset;
    this.size = size;
  }

  #readMeta(): boolean {
    const input = this.#input;
    const size = this.#contentSize;
    if (!input.take(size)) return false;
    input.skip = padded(size) - size;
    this.#phase = "header";
    const isRead = this.#extended.read(this.#metaType, input.bytes, input.start, input.start + size);
    if (!isRead) this.#corrupt("PAX header is malformed");
    return true;
  }

  /** No more bytes come: fine between members, as archives without an end mark stop there. */
  #reachEnd(): void {
    const input = this.#input;
    const offset = input.endOffset;
    if (this.#phase === "header" && offset > 0 && offset < BLOCK) this.#corrupt("not a tar archive");
    const between = this.#phase === "header" && input.skip === 0 && input.pending === 0 && !this.#extended.pending;
    if (between && offset > 0) {
      this.#phase = "end";
      return;
    }
    const clause = offset === 0 ? "shard is empty" : "shard ends in the middle of a member";
    const key = this.#phase === "content" ? { key: this.#group.key } : {};
    const hint = "fetch or write the shard again";
    throw new AtdataError("SHARD_TRUNCATED", clause, { shard: this.#shard, offset, ...key }, { hint });
  }

  #duplicate(name: MemberName): never {
    const { key } = this.#group;
    throw new AtdataError("DUPLICATE_MEMBER", "a sample has two members with one name", {
      shard: this.#shard,
      key,
      member: `${key}.${name.extension}`,
      offset: this.#headerOffset,
    });
  }

  #corrupt(clause: string, hint?: string): never {
    const offset = Math.max(0, this.#contentOffset - BLOCK);
    throw new AtdataError("SHARD_CORRUPT", clause, { shard: this.#shard, offset }, hint === undefined ? {} : { hint });
  }
}

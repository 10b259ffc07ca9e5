import { Cursor, type Ownership } from "../codec/cursor.ts";
import type { SampleCodec } from "../codec/sample-codec.ts";
import { AtdataError, isAtdataError, type SamplePlace, withFields } from "../errors.ts";
import type { Member, ShardReader } from "../protocols/shard-format.ts";
import type { ExtraOptions } from "../schema/extra-options.ts";
import { rawCodec } from "../schema/raw.ts";
import { writeError } from "../schema/write-error.ts";
import type { DatasetInput } from "./read-options.ts";

/** Where a record lay, as far as it is known; for messages. */
interface RecordSpot {
  readonly key: string | undefined;
  readonly at: number | undefined;
}

/** Decodes records into samples, one cursor for a whole iteration. */
export class SampleReader<S> {
  readonly #input: DatasetInput<S>;
  readonly #codec: SampleCodec<unknown>;
  readonly #cursor: Cursor;
  readonly #options: ExtraOptions;

  /** Takes the dataset, and how arrays leave the memory they are read from. */
  constructor(input: DatasetInput<S>, ownership: Ownership) {
    this.#input = input;
    this.#codec = input.type?.codec ?? rawCodec;
    this.#cursor = new Cursor(ownership);
    this.#options = { extra: input.extra };
  }

  /** Whether a sample refers to the memory that was read last. */
  get escaped(): boolean {
    return this.#cursor.escaped;
  }

  /** Decodes the record that a reader stands on. */
  read(reader: ShardReader, shard: number): S {
    const members = reader.members();
    if (members !== undefined) return this.fromMembers(members, shard, { key: reader.key(), at: reader.offset });
    const cursor = this.#cursor;
    cursor.attach(reader.bytes);
    cursor.pos = reader.start;
    cursor.end = reader.end;
    try {
      return this.#codec.read(cursor, this.#options) as S;
    } catch (error) {
      throw this.#placed(error, shard, { key: reader.key(), at: reader.offset });
    }
  }

  /** Decodes a payload that lies in memory of the caller's. */
  fromBytes(bytes: Uint8Array, start: number, end: number, shard: number, place: RecordSpot): S {
    const cursor = this.#cursor;
    cursor.attach(bytes);
    cursor.pos = start;
    cursor.end = end;
    try {
      return this.#codec.read(cursor, this.#options) as S;
    } catch (error) {
      throw this.#placed(error, shard, place);
    }
  }

  /** Puts a sample of several files together. */
  fromMembers(members: readonly Member[], shard: number, place: RecordSpot): S {
    const { format, type } = this.#input;
    try {
      if (format.decodeMembers === undefined) {
        throw new AtdataError("SHARD_CORRUPT", "sample has no payload", { shard: "" });
      }
      const raw = format.decodeMembers(members, type);
      if (type === undefined || type.is(raw)) return raw as S;
      throw writeError(type.name, Object.entries(type.fields), raw, this.#options, undefined);
    } catch (error) {
      throw this.#placed(error, shard, place);
    }
  }

  #placed(error: unknown, shard: number, { key, at }: RecordSpot): unknown {
    if (!isAtdataError(error)) return error;
    const url = this.#input.shards[shard]?.url;
    const place: SamplePlace = {
      ...(url !== undefined && { shard: url }),
      ...(key !== undefined && { key }),
      ...(at !== undefined && { at }),
    };
    return withFields(error, place);
  }
}

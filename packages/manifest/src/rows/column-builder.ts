import { Binary, Bool, type Data, type DataType, Field, Float64, Int64, List, makeData, Utf8 } from "apache-arrow";
import type { ColumnType } from "../summary/shard-summary.ts";

/** Collects the cells of one column, in the memory that Arrow wants. */
export interface ColumnBuilder {
  /** Type of the column. */
  readonly type: DataType;
  /** Appends a cell; null and `undefined` are nulls. */
  add(value: unknown): void;
  /** Bytes collected in cells of no fixed length. */
  readonly bytes: number;
  /** Gives what was collected and starts anew. */
  take(): Data;
}

/** Makes the builder for a field's column. */
export function columnBuilder(type: ColumnType, isSet: boolean): ColumnBuilder {
  return isSet ? new ListBuilder(valueBuilder(type)) : valueBuilder(type);
}

function valueBuilder(type: ColumnType): ColumnBuilder {
  switch (type) {
    case "string":
      return new TextBuilder();
    case "double":
      return new DoubleBuilder();
    case "int64":
      return new IntegerBuilder();
    case "boolean":
      return new BooleanBuilder();
  }
}

/** Which cells are not null. */
class Validity {
  length = 0;
  nulls = 0;
  #bits = new Uint8Array(128);

  set(valid: boolean): void {
    const at = this.length++;
    if (at >>> 3 >= this.#bits.length) this.#bits = grown(this.#bits);
    if (valid) this.#bits[at >>> 3] = (this.#bits[at >>> 3] as number) | (1 << (at & 7));
    else this.nulls++;
  }

  take(): { length: number; nullCount: number; nullBitmap: Uint8Array } {
    const taken = { length: this.length, nullCount: this.nulls, nullBitmap: this.#bits };
    this.length = 0;
    this.nulls = 0;
    this.#bits = new Uint8Array(this.#bits.length);
    return taken;
  }
}

class DoubleBuilder implements ColumnBuilder {
  readonly type = new Float64();
  readonly bytes = 0;
  readonly #validity = new Validity();
  #cells = new Float64Array(1024);

  add(value: unknown): void {
    const at = this.#validity.length;
    if (at === this.#cells.length) this.#cells = grown(this.#cells);
    const valid = value !== undefined && value !== null;
    if (valid) this.#cells[at] = value as number;
    this.#validity.set(valid);
  }

  take(): Data {
    const data = this.#cells;
    this.#cells = new Float64Array(data.length);
    return makeData({ type: this.type, data, ...this.#validity.take() });
  }
}

/** Collects whole numbers, given as numbers or bigints within 64 bits. */
export class IntegerBuilder implements ColumnBuilder {
  readonly type: Int64 = new Int64();
  readonly bytes = 0;
  readonly #validity = new Validity();
  #cells = new BigInt64Array(1024);
  #words = new Int32Array(this.#cells.buffer);

  add(value: unknown): void {
    const at = this.#validity.length;
    if (at === this.#cells.length) {
      this.#cells = grown(this.#cells);
      this.#words = new Int32Array(this.#cells.buffer);
    }
    if (typeof value === "number") {
      this.#words[2 * at] = value;
      this.#words[2 * at + 1] = Math.floor(value / 2 ** 32);
    } else if (typeof value === "bigint") this.#cells[at] = value;
    this.#validity.set(value !== undefined && value !== null);
  }

  take(): Data {
    const data = this.#cells;
    this.#cells = new BigInt64Array(data.length);
    this.#words = new Int32Array(this.#cells.buffer);
    return makeData({ type: this.type, data, ...this.#validity.take() });
  }
}

class BooleanBuilder implements ColumnBuilder {
  readonly type = new Bool();
  readonly bytes = 0;
  readonly #validity = new Validity();
  readonly #cells = new Validity();

  add(value: unknown): void {
    this.#cells.set(value === true);
    this.#validity.set(value !== undefined && value !== null);
  }

  take(): Data {
    const data = this.#cells.take().nullBitmap;
    return makeData({ type: this.type, data, ...this.#validity.take() });
  }
}

const encoder = new TextEncoder();

abstract class BytesBuilder {
  readonly #validity = new Validity();
  #offsets = new Int32Array(1024);
  #cells = new Uint8Array(4096);
  #end = 0;

  get bytes(): number {
    return this.#end;
  }

  /** Gives memory behind the last cell for `length` bytes. */
  protected room(length: number): { readonly cells: Uint8Array; readonly at: number } {
    while (this.#end + length > this.#cells.length) this.#cells = grown(this.#cells);
    return { cells: this.#cells, at: this.#end };
  }

  protected close(length: number, valid: boolean): void {
    const at = this.#validity.length + 1;
    if (at === this.#offsets.length) this.#offsets = grown(this.#offsets);
    this.#end += length;
    this.#offsets[at] = this.#end;
    this.#validity.set(valid);
  }

  protected takeParts(): { valueOffsets: Int32Array; data: Uint8Array } & ReturnType<Validity["take"]> {
    const parts = { valueOffsets: this.#offsets, data: this.#cells.subarray(0, this.#end), ...this.#validity.take() };
    this.#offsets = new Int32Array(parts.valueOffsets.length);
    this.#cells = new Uint8Array(this.#cells.length);
    this.#end = 0;
    return parts;
  }
}

/** Collects texts as UTF-8. */
export class TextBuilder extends BytesBuilder implements ColumnBuilder {
  readonly type: Utf8 = new Utf8();

  add(value: unknown): void {
    const text = typeof value === "string" ? value : "";
    const { cells, at } = this.room(text.length * 3);
    let length = 0;
    while (length < text.length) {
      const unit = text.charCodeAt(length);
      if (unit > 0x7f) break;
      cells[at + length++] = unit;
    }
    // The loop is faster than the encoder on what is short and ASCII, as most keys and labels are.
    if (length < text.length) length = encoder.encodeInto(text, cells.subarray(at)).written;
    this.close(length, text === value);
  }

  take(): Data {
    return makeData({ type: this.type, ...this.takeParts() });
  }
}

/** Collects byte strings. */
export class BinaryBuilder extends BytesBuilder implements ColumnBuilder {
  readonly type: Binary = new Binary();

  add(value: unknown): void {
    const bytes = value instanceof Uint8Array ? value : undefined;
    const length = bytes?.length ?? 0;
    if (bytes !== undefined) {
      const { cells, at } = this.room(length);
      cells.set(bytes, at);
    }
    this.close(length, bytes !== undefined);
  }

  take(): Data {
    return makeData({ type: this.type, ...this.takeParts() });
  }
}

class ListBuilder implements ColumnBuilder {
  readonly type: List;
  readonly #items: ColumnBuilder;
  readonly #validity = new Validity();
  #offsets = new Int32Array(1024);
  #end = 0;

  constructor(items: ColumnBuilder) {
    this.#items = items;
    this.type = new List(new Field("element", items.type, true));
  }

  get bytes(): number {
    return this.#items.bytes + 8 * this.#end;
  }

  add(value: unknown): void {
    const valid = value !== undefined && value !== null;
    if (valid) {
      for (const item of value as readonly unknown[]) {
        this.#items.add(item);
        this.#end++;
      }
    }
    const at = this.#validity.length + 1;
    if (at === this.#offsets.length) this.#offsets = grown(this.#offsets);
    this.#offsets[at] = this.#end;
    this.#validity.set(valid);
  }

  take(): Data {
    const valueOffsets = this.#offsets;
    this.#offsets = new Int32Array(valueOffsets.length);
    this.#end = 0;
    return makeData({ type: this.type, valueOffsets, child: this.#items.take(), ...this.#validity.take() });
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array | BigInt64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array as never);
  return larger;
}

import { type PredicateValue, resolveBeside } from "@atdata/core";
import { BloomFilter } from "../summary/bloom.ts";
import { columnValue } from "../summary/column-value.ts";
import { hex } from "../summary/hex.ts";
import type { FieldSummary, KeySummary, ManifestField, ShardSummary, ValueFilter } from "../summary/shard-summary.ts";
import type { CellColumn } from "./rollup-cells.ts";
import { type FieldPart, partColumn } from "./rollup-columns.ts";

const parts: readonly FieldPart[] = ["count", "nulls", "nans", "min", "max", "sum", "values", "value_counts", "filter"];

/** The columns of a roll-up. */
export class RollupTable {
  /** Where the roll-up is. */
  readonly url: string;
  /** The columns of each field, by its name. */
  readonly fields: ReadonlyMap<string, RollupField>;
  readonly #columns: ReadonlyMap<string, CellColumn>;

  /** Finds the columns. */
  constructor(columns: ReadonlyMap<string, CellColumn>, fields: readonly ManifestField[], url: string) {
    this.url = url;
    this.#columns = columns;
    this.fields = new Map(fields.map((field) => [field.name, new RollupField(field, columns)]));
  }

  /** Reads a cell; null is `undefined`. */
  cell(name: string, row: number): unknown {
    return this.#columns.get(name)?.cell(row);
  }
}

/** The columns of one field. */
export class RollupField {
  readonly field: ManifestField;
  readonly #parts: Readonly<Partial<Record<FieldPart, CellColumn>>>;

  constructor(field: ManifestField, columns: ReadonlyMap<string, CellColumn>) {
    this.field = field;
    this.#parts = Object.fromEntries(parts.map((part) => [part, columns.get(partColumn(field.name, part))]));
  }

  cell(part: FieldPart, row: number): unknown {
    return this.#parts[part]?.cell(row);
  }

  list(part: FieldPart, row: number): readonly unknown[] | undefined {
    return this.#parts[part]?.list(row);
  }
}

/** One row of a roll-up, read when asked. */
export class RollupShard implements ShardSummary {
  readonly #table: RollupTable;
  readonly #row: number;
  #fields: ReadonlyMap<string, FieldSummary> | undefined;

  /** Stands for row `row`. */
  constructor(table: RollupTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get url(): string {
    return resolveBeside(this.#table.url, this.#table.cell("url", this.#row) as string);
  }

  get samples(): number {
    return Number(this.#table.cell("samples", this.#row));
  }

  get bytes(): number | undefined {
    return count(this.#table.cell("bytes", this.#row));
  }

  get sha256(): string | undefined {
    const bytes = this.#table.cell("sha256", this.#row) as Uint8Array | undefined;
    return bytes && hex(bytes);
  }

  get keys(): KeySummary | undefined {
    const table = this.#table;
    const row = this.#row;
    const min = table.cell("key_min", row);
    const max = table.cell("key_max", row);
    if (typeof min !== "string" || typeof max !== "string") return undefined;
    const filter = filterFrom("string", table.cell("key_filter", row));
    return { min, max, sorted: table.cell("keys_sorted", row) === true, ...(filter !== undefined && { filter }) };
  }

  get fields(): ReadonlyMap<string, FieldSummary> {
    this.#fields ??= new Map(
      [...this.#table.fields].map(([name, columns]) => [name, new RollupFieldSummary(columns, this.#row)]),
    );
    return this.#fields;
  }
}

class RollupFieldSummary implements FieldSummary {
  readonly field: ManifestField;
  readonly #columns: RollupField;
  readonly #row: number;

  constructor(columns: RollupField, row: number) {
    this.field = columns.field;
    this.#columns = columns;
    this.#row = row;
  }

  get count(): number | undefined {
    return count(this.#columns.cell("count", this.#row));
  }

  get nulls(): number | undefined {
    return count(this.#columns.cell("nulls", this.#row));
  }

  get nans(): number | undefined {
    return count(this.#columns.cell("nans", this.#row));
  }

  get min(): PredicateValue | undefined {
    return this.#value(this.#columns.cell("min", this.#row));
  }

  get max(): PredicateValue | undefined {
    return this.#value(this.#columns.cell("max", this.#row));
  }

  get sum(): number | undefined {
    return this.#columns.cell("sum", this.#row) as number | undefined;
  }

  get values(): ReadonlyMap<PredicateValue, number> | undefined {
    const values = this.#columns.list("values", this.#row);
    const counts = this.#columns.list("value_counts", this.#row);
    if (values === undefined || counts === undefined) return undefined;
    const map = new Map<PredicateValue, number>();
    for (let i = 0; i < values.length; i++) {
      const value = this.#value(values[i]);
      if (value !== undefined) map.set(value, Number(counts[i]));
    }
    return map;
  }

  get filter(): ValueFilter | undefined {
    return filterFrom(this.field.type, this.#columns.cell("filter", this.#row));
  }

  #value(cell: unknown): PredicateValue | undefined {
    return cell === undefined || cell === null ? undefined : columnValue(this.field.type, cell as PredicateValue);
  }
}

function filterFrom(type: ManifestField["type"], bytes: unknown): ValueFilter | undefined {
  return bytes instanceof Uint8Array ? BloomFilter.fromBytes(type, bytes) : undefined;
}

function count(cell: unknown): number | undefined {
  return cell === undefined ? undefined : Number(cell);
}

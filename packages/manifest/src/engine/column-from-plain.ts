import type { ByteSlices } from "../parquet/byte-slices.ts";
import type { PlainColumn, PlainValues } from "../parquet/decode-column.ts";
import type { ColumnType } from "../summary/shard-summary.ts";
import type { Column, ScalarColumn } from "./column.ts";
import { safeIntegers } from "./column-from-cells.ts";

/** Makes a column from what a file's pages have. Copies: integers and texts. */
export function columnFromPlain(plain: PlainColumn, type: ColumnType): Column {
  const values = scalarColumn(plain, type);
  if (plain.offsets === undefined) return values;
  return { type: "list", items: values, offsets: plain.offsets, nulls: plain.absent };
}

function scalarColumn({ values, nulls }: PlainValues, type: ColumnType): ScalarColumn {
  switch (type) {
    case "string": {
      const texts: (string | undefined)[] = (values as ByteSlices).texts();
      if (nulls !== undefined) for (let i = 0; i < texts.length; i++) if (nulls[i] === 1) texts[i] = undefined;
      return { type, values: texts };
    }
    case "boolean":
      return { type, values: values as Uint8Array, nulls };
    case "double":
      return { type, values: values as Float64Array, nulls };
    case "int64":
      return { type, values: safeIntegers(values as BigInt64Array) ?? (values as BigInt64Array), nulls };
  }
}

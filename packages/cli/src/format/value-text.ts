import { type Field, isNdArray, isStructured, type Opaque } from "@atdata/core";
import { type ArrowTensor, type DataFrame, rowCount } from "@atdata/core/arrow";
import type { SafeTensors } from "@atdata/core/safetensors";
import type { SparseMatrix } from "@atdata/core/sparse";
import { arrayText, bracket, hex, structuredText } from "./array-text.ts";
import { columnType } from "./rich-json.ts";
import { formatShape } from "./shape.ts";
import { plainText, quote } from "./text.ts";
import { formatBytes, formatNumberOf } from "./units.ts";

/** So deep are lists and dicts shown. */
const MAX_DEPTH = 4;

/** Shows a value in one line of about `width` characters; what is left out is marked, with its length where that is not to be seen. */
export function valueText(value: unknown, field: Field | undefined, width: number, depth = 0): string {
  if (value === null || value === undefined) return "–";
  switch (field?.kind) {
    case "sparse":
      return sparseText(value as SparseMatrix);
    case "dataframe":
      return dataFrameText(value as DataFrame, width);
    case "safetensors":
      return safeTensorsText(value as SafeTensors, width);
    case "arrowTensor":
      return arrowTensorText(value as ArrowTensor, width);
    case "opaque":
      return opaqueText(value as Opaque);
  }
  if (typeof value === "string") return quote(value, Math.max(16, width - 24));
  if (typeof value !== "object") return String(value);
  if (value instanceof Uint8Array) {
    return `${formatBytes(value.length)}  ${hex(value, Math.max(4, Math.floor((width - 14) / 3)))}`;
  }
  if (depth > MAX_DEPTH) return "…";
  if (Array.isArray(value)) return listText(value, field, width, depth);
  if (field?.kind !== "dict") {
    if (isStructured(value)) return structuredText(value);
    if (isNdArray(value)) return arrayText(value, width);
  }
  return dictText(value, field, width, depth);
}

function listText(list: readonly unknown[], field: Field | undefined, width: number, depth: number): string {
  // Each item takes three characters or more, so that a long list costs no more than a line.
  const shown = list.slice(0, Math.ceil(width / 3)).map((item) => valueText(item, field?.items, 32, depth + 1));
  const text = bracket(shown, list.length, width - 8);
  return text.endsWith(", …]") ? `${text} (${list.length})` : text;
}

function dictText(dict: object, field: Field | undefined, width: number, depth: number): string {
  const entries = Object.entries(dict);
  const shown = entries
    .slice(0, Math.ceil(width / 4))
    .map(([name, item]) => `${plainText(name)}: ${valueText(item, field?.values, 32, depth + 1)}`);
  const text = bracket(shown, entries.length, width - 8);
  return `{${text.slice(1, -1)}}${text.endsWith(", …]") ? ` (${entries.length})` : ""}`;
}

function sparseText({ format, shape, data }: SparseMatrix): string {
  const stored = data.shape.reduce((product, length) => product * length, 1);
  return `sparse ${format} ${data.dtype} ${formatShape(shape)}, ${formatNumberOf(stored, "value")} stored`;
}

function dataFrameText(frame: DataFrame, width: number): string {
  const rows = formatNumberOf(rowCount(frame), "row");
  const columns = Object.entries(frame.columns).map(
    ([name, column]) => `${plainText(name)} ${columnType(column).dtype}`,
  );
  return `${rows}  ${bracket(columns, columns.length, width - rows.length - 2)}`;
}

function safeTensorsText({ tensors }: SafeTensors, width: number): string {
  const shown = Object.entries(tensors).map(
    ([name, { dtype, shape }]) => `${plainText(name)} ${dtype} ${formatShape(shape)}`,
  );
  const count = formatNumberOf(shown.length, "tensor");
  return `${count}  ${bracket(shown, shown.length, width - count.length - 2)}`;
}

function arrowTensorText(tensor: ArrowTensor, width: number): string {
  const names = tensor.dimensionNames?.map((name) => plainText(name) || "·").join(", ");
  const axes = names === undefined ? "" : `(${names})  `;
  return axes + arrayText(tensor, width - axes.length);
}

function opaqueText({ kind, bytes }: Opaque): string {
  return `${kind}, ${formatBytes(bytes.length)} undecoded`;
}

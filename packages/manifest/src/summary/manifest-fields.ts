import { AtdataError, type Field, type SampleType } from "@atdata/core";
import type { ColumnType, ManifestField, SummaryKind } from "./shard-summary.ts";

const columnTypes: Readonly<Record<string, ColumnType>> = {
  str: "string",
  int: "int64",
  int64: "int64",
  float: "double",
  bool: "boolean",
};
const inferred: Readonly<Record<ColumnType, SummaryKind>> = {
  string: "categorical",
  boolean: "categorical",
  int64: "numeric",
  double: "numeric",
};
const possible: Readonly<Record<ColumnType, readonly SummaryKind[]>> = {
  string: ["categorical", "time"],
  boolean: ["categorical"],
  int64: ["numeric", "categorical", "time"],
  double: ["numeric", "categorical", "time"],
};

const maxNameBytes = 96 * 1024;
// What a header spends on a column besides its name.
const columnBytes = 48;

/**
 * Chooses the fields that take part in manifests, in declared order.
 *
 * A field's `manifest` option decides; without one, text and truth values are categorical, numbers numeric, lists of these sets, and
 * all other kinds are left out, as are the last of thousands of fields, whose names alone would fill a header.
 *
 * @throws AtdataError `SCHEMA_INVALID` – a field asks for a kind that its values cannot have, such as numeric text.
 */
export function manifestFields(type: SampleType): readonly ManifestField[] {
  let room = maxNameBytes;
  return Object.entries(type.fields).flatMap(([name, field]) => {
    const chosen = manifestField(name, field);
    if (chosen === undefined) return [];
    room -= columnBytes + new TextEncoder().encode(name).length;
    return room < 0 ? [] : chosen;
  });
}

function manifestField(name: string, field: Field): ManifestField | undefined {
  const { kind: wanted, exclude } = field.manifest ?? {};
  if (exclude === true) return undefined;
  const isList = field.kind === "list";
  const type = columnTypes[(isList ? field.items?.kind : field.kind) ?? ""];
  if (type === undefined) {
    if (wanted !== undefined) throw impossible(name, wanted);
    return undefined;
  }
  const kind = wanted ?? (isList ? "set" : inferred[type]);
  if (isList ? kind !== "set" : !possible[type].includes(kind)) throw impossible(name, kind);
  return { name, kind, type };
}

function impossible(field: string, kind: SummaryKind): AtdataError {
  const clause = `values of this field cannot be summed up as ${kind}`;
  return new AtdataError("SCHEMA_INVALID", clause, { field }, { hint: "leave out its manifest option, or exclude it" });
}

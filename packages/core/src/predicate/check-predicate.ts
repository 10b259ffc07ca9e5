import { AtdataError } from "../errors.ts";
import type { Field } from "../schema/field.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { nearestNames } from "./nearest-names.ts";
import type { Predicate, PredicateValue } from "./predicate.ts";

type ValueKind = "string" | "number" | "boolean" | "bytes";

/**
 * Checks that a predicate names only fields of a type and uses operators and values that suit them.
 *
 * Texts and numbers compare, booleans and bytes only equal, lists of these contain, everything else has `isNull` alone.
 *
 * @throws AtdataError `PREDICATE_INVALID` – fields `field`, `operator`; the message says what there is instead.
 */
export function checkPredicate(predicate: Predicate, type: Pick<SampleType, "name" | "fields">): void {
  switch (predicate.op) {
    case "and":
    case "or":
      for (const term of predicate.terms) checkPredicate(term, type);
      return;
    case "not":
      checkPredicate(predicate.term, type);
      return;
  }
  const field = Object.hasOwn(type.fields, predicate.field) ? type.fields[predicate.field] : undefined;
  if (field === undefined) throw unknownField(predicate.field, type);
  if (predicate.op === "isNull") return;
  const at = { field: predicate.field, operator: predicate.op };
  const want = operandKind(predicate.op, field);
  if (want === undefined) {
    const hint = operatorsOf(field);
    throw new AtdataError("PREDICATE_INVALID", `a field of kind ${kindName(field)} does not have this operator`, at, {
      hint,
    });
  }
  for (const value of operands(predicate)) {
    const got = kindOf(value);
    if (got !== want) throw new AtdataError("PREDICATE_INVALID", `compared with a ${got}, want a ${want}`, at);
  }
}

/** Makes the error for a field that a type does not have. */
export function unknownField(
  field: string,
  type: Pick<SampleType, "name" | "fields">,
): AtdataError<"PREDICATE_INVALID"> {
  const names = Object.keys(type.fields);
  const near = nearestNames(field, names);
  const hint = near.length > 0 ? near.join(" or ") : `one of ${names.join(", ")}`;
  return new AtdataError("PREDICATE_INVALID", `${type.name} has no such field`, { field }, { hint });
}

type FieldTest = Exclude<Predicate, { op: "and" | "or" | "not" | "isNull" }>;

function operands(p: FieldTest): readonly PredicateValue[] {
  if (p.op === "between") return [p.low, p.high];
  return "values" in p ? p.values : [p.value];
}

/** The kind of value that an operator takes on a field; `undefined` when the field does not have the operator. */
function operandKind(op: FieldTest["op"], field: Field): ValueKind | undefined {
  switch (op) {
    case "=":
    case "!=":
    case "in":
      return valueKind(field);
    case "startsWith":
      return field.kind === "str" ? "string" : undefined;
    case "contains":
    case "containsAny":
    case "containsAll":
      return itemKind(field);
    default:
      return orderedKind(field);
  }
}

function valueKind(field: Field): ValueKind | undefined {
  switch (field.kind) {
    case "str":
      return "string";
    case "int":
    case "int64":
    case "float":
      return "number";
    case "bool":
      return "boolean";
    case "bytes":
      return "bytes";
    default:
      return undefined;
  }
}

function orderedKind(field: Field): ValueKind | undefined {
  const kind = valueKind(field);
  return kind === "string" || kind === "number" ? kind : undefined;
}

function itemKind(field: Field): ValueKind | undefined {
  return field.kind === "list" && field.items !== undefined ? valueKind(field.items) : undefined;
}

function kindOf(value: PredicateValue): string {
  if (typeof value === "bigint") return "number";
  return value instanceof Uint8Array ? "bytes" : typeof value;
}

function kindName(field: Field): string {
  return field.kind === "list" && field.items !== undefined ? `list of ${field.items.kind}` : field.kind;
}

function operatorsOf(field: Field): string {
  if (itemKind(field) !== undefined) return "contains, containsAny, containsAll or isNull";
  if (field.kind === "str") return "= != < <= > >= in between startsWith or isNull";
  if (orderedKind(field) !== undefined) return "= != < <= > >= in between or isNull";
  return valueKind(field) === undefined ? "only isNull" : "= != in or isNull";
}

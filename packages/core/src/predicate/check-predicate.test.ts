import { describe, expect, it } from "vitest";
import { dict, list, optional } from "../schema/container-fields.ts";
import { bool, bytes, float, int, int64, str } from "../schema/scalar-fields.ts";
import { checkPredicate } from "./check-predicate.ts";
import type { Predicate } from "./predicate.ts";

const type = {
  name: "Digit",
  fields: {
    label: int(),
    id: int64(),
    ink: float(),
    name: str(),
    ok: bool(),
    raw: bytes(),
    tags: list(str()),
    pairs: list(list(int())),
    extra: dict(),
    note: optional(str()),
  },
};

describe("checkPredicate", () => {
  it.each<Predicate>([
    { op: "=", field: "label", value: 7n },
    { op: ">", field: "id", value: 1.5 },
    { op: "between", field: "name", low: "a", high: "b" },
    { op: "=", field: "ok", value: true },
    { op: "in", field: "raw", values: [Uint8Array.of(1)] },
    { op: "containsAny", field: "tags", values: ["a"] },
    { op: "startsWith", field: "note", value: "a" },
    { op: "isNull", field: "extra" },
    { op: "not", term: { op: "or", terms: [{ op: "isNull", field: "pairs" }] } },
  ])("takes $op on a field that has it", (predicate) => {
    expect(() => checkPredicate(predicate, type)).not.toThrow();
  });

  it.each<[Predicate, string]>([
    [{ op: "=", field: "lable", value: 7 }, "Digit has no such field; field=lable; try: label"],
    [{ op: "=", field: "zzzzzz", value: 7 }, "try: one of label, id, ink"],
    [{ op: "=", field: "toString", value: 7 }, "Digit has no such field"],
    [{ op: "=", field: "label", value: "7" }, "compared with a string, want a number; field=label; operator=="],
    [{ op: "in", field: "name", values: ["a", 1] }, "compared with a number, want a string"],
    [
      { op: "<", field: "ok", value: true },
      "a field of kind bool does not have this operator; field=ok; operator=<; try: = != in or isNull",
    ],
    [{ op: "contains", field: "name", value: "a" }, "try: = != < <= > >= in between startsWith or isNull"],
    [{ op: "startsWith", field: "label", value: "a" }, "try: = != < <= > >= in between or isNull"],
    [{ op: "=", field: "tags", value: "a" }, "try: contains, containsAny, containsAll or isNull"],
    [{ op: "contains", field: "pairs", value: 1 }, "a field of kind list of list does not have this operator"],
    [{ op: "=", field: "extra", value: 1 }, "try: only isNull"],
    [{ op: "and", terms: [{ op: "not", term: { op: "=", field: "ink", value: true } }] }, "compared with a boolean"],
  ])("refuses %o", (predicate, message) => {
    expect(() => checkPredicate(predicate, type)).toThrow(message);
  });
});

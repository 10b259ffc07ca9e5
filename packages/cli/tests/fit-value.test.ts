import { type Field, generateSamples, type SampleType, sample } from "@atdata/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sampleJson } from "../src/format/sample-json.ts";
import { fitValue } from "../src/input/fit-value.ts";
import { sampleTypes } from "./generated-types.ts";

/** Kinds whose JSON form tells all of a value. */
const whole: ReadonlySet<string> = new Set([
  "str",
  "int",
  "int64",
  "float",
  "bool",
  "bytes",
  "ndarray",
  "list",
  "dict",
]);
const readable = (field: Field): boolean =>
  whole.has(field.kind) &&
  (field.kind !== "dict" || field.values !== undefined) &&
  [field.items, field.values].every((inner) => inner === undefined || readable(inner));

test("what preview prints of a sample fits its type again, and is printed as it was", () => {
  let compared = 0;
  fc.assert(
    fc.property(sampleTypes, fc.nat(), (any, seed) => {
      const fields = Object.fromEntries(
        Object.entries(any.fields).filter(([name, field]) => readable(field) && !(name in {})),
      );
      if (Object.keys(fields).length === 0) return;
      const type = sample(any.name, fields) as SampleType<Record<string, unknown>>;
      for (const value of generateSamples(type, 5, seed)) {
        const text = JSON.stringify(sampleJson(value, type, { full: true }));
        const json = JSON.parse(text) as Record<string, unknown>;
        const again = Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [name, fitValue(json[name], field)]),
        );
        expect(type.is(again)).toBe(true);
        expect(JSON.stringify(sampleJson(type.decode(type.encode(again)), type, { full: true }))).toBe(text);
        compared += 1;
      }
    }),
    { numRuns: 200 },
  );
  expect(compared).toBeGreaterThan(500);
});

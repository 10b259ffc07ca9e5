import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryType } from "../../tests/arbitrary-types.ts";
import { fuzzRuns } from "../../tests/arrays.ts";
import { isAtdataError } from "../errors.ts";
import { schemaToJsonSchema } from "./json-schema-form.ts";
import { schemaToLocal } from "./local-form.ts";
import { schemaToRecord } from "./record-form.ts";
import { schemaFromJson } from "./schema-from-json.ts";

const words = fc.constantFrom<unknown>(
  ..."array object string integer null ndarray sparse ref primitive local#array #/properties/x __proto__ $ref".split(
    " ",
  ),
  ...[null, true, 0, -1, 1e300, [], {}, [null], ["integer", "null"], { $ref: "#" }, { type: "array" }],
);
const junk = fc.oneof(words, fc.jsonValue({ maxDepth: 3 }));
const keys = fc.constantFrom(
  ..."$type $ref kind type items dict values fields fieldType properties required anyOf allOf enum const nullable".split(
    " ",
  ),
  ..."schema content schemaBody shape dtype exact name title propertyOrder atdataSchemaVersion __proto__".split(" "),
);
const createdAt = "2026-02-03T04:05:06.123456+00:00";

const documents = fc
  .tuple(arbitraryType(), fc.nat(2))
  .map(([type, form]): unknown => [schemaToLocal, schemaToJsonSchema, stored][form]?.(type))
  .map((json) => JSON.parse(JSON.stringify(json)) as Record<string, unknown>);

function stored(type: Parameters<typeof schemaToRecord>[0]): unknown {
  return schemaToRecord(type, { createdAt, version: "1.0.0" });
}

/** Puts a value somewhere into a document: in place of one, or under a key of an object. */
function damage(json: unknown, path: readonly number[], key: string, value: unknown): unknown {
  if (typeof json !== "object" || json === null) return value;
  const [step, ...rest] = path;
  const places = Object.keys(json);
  const place = step === undefined || places.length === 0 ? key : (places[step % places.length] as string);
  const inner = step === undefined ? value : damage(Reflect.get(json, place), rest, key, value);
  if (Array.isArray(json)) return json.map((item, i) => (String(i) === place ? inner : item));
  return Object.fromEntries([...Object.entries(json), [place, inner]]);
}

describe("damaged schemas", { timeout: 10_000 + fuzzRuns * 5 }, () => {
  it("give a type or an AtdataError, whatever is put where", () => {
    let refused = 0;
    fc.assert(
      fc.property(documents, fc.array(fc.nat(40), { maxLength: 6 }), keys, junk, (json, path, key, value) => {
        try {
          const type = schemaFromJson(damage(json, path, key, value));
          expect(Object.getPrototypeOf(type.fields)).toBe(Object.prototype);
        } catch (error) {
          refused += 1;
          if (!isAtdataError(error)) throw error;
        }
      }),
      { numRuns: fuzzRuns },
    );
    expect(refused).toBeGreaterThan(0);
  });
});

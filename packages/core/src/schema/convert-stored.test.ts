import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { localSchemaFromRecord, localSchemaToRecord } from "./convert-stored.ts";

const stamp = { createdAt: "2026-02-03T04:05:06.123456+00:00", version: "1.0.0" };
const str = { $type: "local#primitive", primitive: "str" };
const ndarray = { $type: "local#ndarray", dtype: "uint8", shape: [28, null] };

/** Gives an object as a repository does: with keys sorted by length, then by byte. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return Object.fromEntries(
    entries.sort(([a], [b]) => {
      const [x, y] = [Buffer.from(a), Buffer.from(b)];
      return x.length - y.length || x.compare(y);
    }),
  );
}

describe("a schema in the local form", () => {
  const kinds = fc.oneof(
    fc
      .constantFrom("str", "int", "float", "bool", "bytes")
      .map((primitive) => ({ $type: "local#primitive", primitive })),
    fc.constantFrom(
      ndarray,
      { ...ndarray, exact: true },
      { $type: "local#ndarray" },
      { $type: "local#sparse" },
      { $type: "local#primitive", primitive: "int", format: "int64" },
      { $type: "local#primitive", primitive: "str", dict: { values: str } },
      { $type: "local#array", items: { $type: "local#array", items: str } },
    ),
  );
  const field = fc.record({
    name: fc.stringMatching(/^[a-zäé𐀀一_]{1,4}$/u).filter((name) => name !== ""),
    fieldType: kinds,
    optional: fc.boolean(),
  });
  const json = fc
    .record({
      name: fc.constantFrom("Digit", "Zifferä"),
      fields: fc.uniqueArray(field, { selector: ({ name }) => name, minLength: 1, maxLength: 6 }),
      description: fc.string({ unit: "grapheme" }),
    })
    .map(({ fields, ...rest }) => {
      const declared = fields.map(({ name }) => name);
      const stored = [...fields.filter(({ optional }) => !optional), ...fields.filter(({ optional }) => optional)];
      const reordered = stored.some(({ name }, i) => name !== declared[i]);
      return { ...rest, fields: stored, ...(reordered && { propertyOrder: declared }), ...stamp };
    });

  it("comes back from a record as it was, in declared order, though a repository sorts the keys", () => {
    fc.assert(
      fc.property(json, (given) => {
        const record = sorted(JSON.parse(JSON.stringify(localSchemaToRecord(given, stamp))));
        expect(localSchemaFromRecord(record, { createdAt: "", version: "" })).toEqual(given);
      }),
    );
  });

  it("is a record that Python can rebuild: what may be absent never comes before what may not", () => {
    fc.assert(
      fc.property(json, (given) => {
        const { schema } = sorted(localSchemaToRecord(given, stamp)) as { schema: Record<string, unknown> };
        const required = new Set((schema.required ?? []) as string[]);
        const isRequired = Object.keys(schema.properties as object).map((name) => required.has(name));
        expect(isRequired).toEqual([...isRequired].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  it("takes time and version from elsewhere only where it does not say them", () => {
    const bare = { name: "Digit", fields: [{ name: "a", fieldType: str, optional: false }] };
    expect(localSchemaToRecord(bare, stamp)).toMatchObject(stamp);
    const own = { createdAt: "2025-01-01T00:00:00Z", version: "2.0.0" };
    expect(localSchemaToRecord({ ...bare, ...own }, stamp)).toMatchObject(own);
    const { createdAt: _, version: __, ...record } = localSchemaToRecord(bare, stamp);
    expect(localSchemaFromRecord(record, own)).toEqual({ ...bare, ...own });
  });

  it("throws only AtdataError for what is none", () => {
    for (const convert of [localSchemaToRecord, localSchemaFromRecord]) {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          try {
            convert(value, stamp);
          } catch (error) {
            expect(isAtdataError(error)).toBe(true);
          }
        }),
      );
    }
  });
});

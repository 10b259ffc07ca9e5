import {
  type AnyLens,
  fieldLens,
  float,
  int,
  lensToStored,
  optional,
  type StoredLensRecord,
  sample,
  schemaFromLocal,
  schemasEqual,
  schemaToLocal,
  str,
} from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordIn } from "../../tests/repository-form.ts";
import type { JsonRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import { labelFromRecord, labelToRecord } from "./label-record.ts";
import { lensFromRecord, lensToRecord } from "./lens-record.ts";
import { schemaFromAtRecord, schemaKey, schemaToAtRecord } from "./schema-record.ts";
import { verificationFromRecord, verificationToRecord } from "./verification-record.ts";

const did = "did:plc:abc";
const nsid = "science.alt.dataset";
const createdAt = "2026-02-03T04:05:06.123456+00:00";
const later = { createdAt: "2026-03-03T00:00:00.000000+00:00" };
const text = fc.string({ unit: "grapheme", maxLength: 30 });

/** Puts a record that was checked into a repository. */
function kept(collection: string, record: JsonRecord) {
  checkRecord(`${nsid}.${collection}`, record);
  return recordIn(collection, record);
}

describe("a schema", () => {
  const Point = sample(
    "Point",
    { id: optional(str()), label: str(), x: optional(float()), y: int() },
    { description: "" },
  );

  it("comes back in declared order though a repository sorts its fields, and Python can rebuild it", () => {
    const json = schemaToLocal(Point, { version: "1.2.3", createdAt });
    const record = kept("schema", schemaToAtRecord({ name: "Point", version: "1.2.3", json }, later));
    const stored = schemaFromAtRecord(record);
    expect(stored).toEqual({ name: "Point", version: "1.2.3", json, ref: record.uri });
    const type = schemaFromLocal(stored.json);
    expect(Object.keys(type.fields)).toEqual(["id", "label", "x", "y"]);
    expect(schemasEqual(type, Point)).toBe(true);
    const { properties, required } = record.value.schema as {
      properties: Record<string, JsonRecord>;
      required: string[];
    };
    expect(Object.keys(properties)).toEqual(["x", "y", "id", "label"]);
    expect([...required].sort()).toEqual(["id", "label", "x", "y"]);
    expect(Object.keys(properties).filter((name) => properties[name]?.nullable)).toEqual(["x", "id"]);
  });

  it("has the key of its name and version where that is legal", () => {
    expect(schemaKey("Point", "1.0.0")).toBe("Point:1.0.0");
    for (const name of ["Zifferä", "a b", "a/b", "x".repeat(520)]) expect(schemaKey(name, "1.0.0")).toBeUndefined();
  });

  it("is refused where it is none", () => {
    expect(() => schemaToAtRecord({ name: "P", version: "1.0.0", json: { name: "P", fields: [] } }, later)).toThrow(
      expect.objectContaining({ code: "SCHEMA_INVALID" }),
    );
  });
});

describe("a label", () => {
  it("comes back as it was", () => {
    const label = fc.record(
      {
        name: text,
        version: fc.string({ maxLength: 50 }),
        id: fc.constant(`at://${did}/${nsid}.entry/3k`),
        description: text,
      },
      { requiredKeys: ["name", "version", "id"] },
    );
    fc.assert(
      fc.property(label, (given) => {
        expect(labelFromRecord(kept("label", labelToRecord(given, { createdAt })))).toEqual({ ...given, createdAt });
      }),
    );
  });
});

describe("a lens", () => {
  const refs = {
    atdata_source: `at://${did}/${nsid}.schema/Point:1.0.0`,
    atdata_view: `at://${did}/${nsid}.schema/3k`,
  };
  const Point = sample("Point", { label: str(), x: optional(float()) });
  const View = sample("View", { label: str(), x: float() });
  const declarative = fieldLens(Point, View, { label: "label", x: { from: "x", default: 0.5 } }) as unknown as AnyLens;

  function back({ name, version, json }: StoredLensRecord) {
    return lensFromRecord(kept("lens", lensToRecord({ name, version, json }, later)));
  }

  it("comes back as it was, floats and all", () => {
    const stored = lensToStored(declarative, { name: "half", version: "1.0.1", description: "Half." });
    const given = { name: "half", version: "1.0.1", json: { ...stored, ...refs } };
    expect(stored.atdata_lens).toMatchObject({ fields: { x: { default: 0.5 } } });
    expect(back(given)).toEqual(given);
  });

  it("may have anything in its stored form", () => {
    const json = fc.record({
      source_schema: text,
      view_schema: text,
      getter: fc.jsonValue(),
      putter: fc.jsonValue(),
      created_at: fc.oneof(fc.constant(createdAt), fc.jsonValue()),
      description: fc.oneof(text, fc.jsonValue({ maxDepth: 1 })),
      more: fc.jsonValue(),
    });
    const version = fc.constantFrom("1.0.0", "11.0.10");
    fc.assert(
      fc.property(text, version, json, (name, each, more) => {
        // As JSON has no −0.
        const plain = JSON.parse(JSON.stringify(more)) as JsonRecord;
        fc.pre(typeof plain.description !== "string" || plain.description.length < 200);
        const given = { name, version: each, json: { name, version: each, ...plain, ...refs } };
        expect(back(given)).toEqual(given);
      }),
    );
  });

  it("tells others what it is: its types' versions, and where its code is", () => {
    const code = { module: "pkg.mod", qualname: "get", kind: "code_reference" };
    const json = {
      source_schema: "P",
      view_schema: "V",
      getter: code,
      putter: { kind: "opaque" },
      created_at: createdAt,
      ...refs,
    };
    const record = lensToRecord({ name: "l", version: "1.0.0", json }, later);
    expect(record).toMatchObject({
      sourceSchema: refs.atdata_source,
      targetSchema: refs.atdata_view,
      sourceSchemaVersion: "1.0.0",
      createdAt,
    });
    expect(record).not.toHaveProperty("targetSchemaVersion");
    expect(record.getterCode).toEqual({ repository: "", commit: "", path: "pkg.mod:get", language: "python" });
    expect(record.putterCode).toEqual({
      repository: "#metadata.atdata",
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      path: "putter",
    });
    const python = { name: "l", version: "1.0.0", json: { name: "l", version: "1.0.0", ...json, putter: code } };
    expect(back(python)).toEqual(python);
    const place = {
      repository: "https://github.com/o/r",
      commit: "0".repeat(40),
      path: "pkg.mod:get",
      language: "python",
    };
    const given = {
      name: "l",
      version: "1.0.0",
      json: { name: "l", version: "1.0.0", ...json, atdata_code: { getter: place, putter: place } },
    };
    expect(lensToRecord(given, later)).toMatchObject({ getterCode: place, putterCode: place });
    expect(back(given)).toEqual(given);
  });

  it("is what its record says and not what the text inside says", () => {
    const json = { ...refs, getter: { kind: "opaque" }, putter: { kind: "opaque" }, created_at: createdAt };
    const record = lensToRecord({ name: "l", version: "1.0.0", json }, later);
    const stored = '{"name":"other","version":"9.0.0","atdata_source":"at://other","__proto__":{"a":1}}';
    const forged = { ...record, metadata: { atdata: { format: "atdata.lensRecord/1", version: "1.0.0", stored } } };
    const read = lensFromRecord(recordIn("lens", forged)).json;
    expect(read).toMatchObject({ name: "l", version: "1.0.0", ...refs });
    expect(read).not.toHaveProperty("a");
  });

  it("is refused where its types are not of the network, or its form is newer or none", () => {
    for (const json of [{ ...refs, atdata_view: "atdata://local/schema/V@1.0.0" }, {}, "text", null]) {
      expect(() => lensToRecord({ name: "l", version: "1.0.0", json }, later)).toThrow(
        expect.objectContaining({ code: "RECORD_INVALID" }),
      );
    }
    const record = lensToRecord({ name: "l", version: "1.0.0", json: { ...refs, getter: {}, putter: {} } }, later);
    const atdata = (more: JsonRecord) =>
      recordIn("lens", { ...record, metadata: { atdata: { version: "1.0.0", ...more } } });
    const newer = atdata({ format: "atdata.lensRecord/2", stored: "{}" });
    expect(() => lensFromRecord(newer)).toThrow(expect.objectContaining({ code: "FORMAT_TOO_NEW" }));
    for (const stored of ["{", "[]", undefined]) {
      expect(() => lensFromRecord(atdata({ format: "atdata.lensRecord/1", stored }))).toThrow(
        expect.objectContaining({ code: "RECORD_INVALID" }),
      );
    }
  });
});

describe("a verification", () => {
  it("is refused where a field is too long, before it is sent", () => {
    const said = { lens: `at://${did}/${nsid}.lens/3k`, lensCommit: "bafy", method: "codeReview" };
    const long = "x".repeat(6000);
    const write = [
      () => verificationToRecord({ ...said, description: long }, later),
      () => labelToRecord({ name: "d", version: "", id: `at://${did}/${nsid}.entry/3k`, description: long }, later),
      () =>
        schemaToAtRecord(
          {
            name: "P",
            version: "1.0.0",
            json: { ...schemaToLocal(sample("P", { x: int() }), later), description: long },
          },
          later,
        ),
    ];
    for (const each of write) {
      expect(each).toThrow(
        expect.objectContaining({ code: "RECORD_INVALID", fields: expect.objectContaining({ field: "description" }) }),
      );
    }
  });

  it("comes back as it was, with who says it and when", () => {
    const code = fc.record(
      { repository: text, commit: fc.string({ maxLength: 10 }), path: text, language: fc.constant("python") },
      { requiredKeys: ["repository", "commit", "path"] },
    );
    const verification = fc.record(
      {
        lens: fc.constant(`at://${did}/${nsid}.lens/3k`),
        lensCommit: fc.string({ maxLength: 60 }),
        method: fc.constantFrom("codeReview", "formalProof", "signedHash", "automatedTest", "other"),
        codeHash: fc.record({ algorithm: fc.constant("sha256"), digest: fc.stringMatching(/^[0-9a-f]{64}$/) }),
        proof: code,
        description: text,
      },
      { requiredKeys: ["lens", "lensCommit", "method"] },
    );
    fc.assert(
      fc.property(verification, (given) => {
        const record = kept("lensVerification", verificationToRecord(given, { createdAt }));
        expect(verificationFromRecord(record)).toEqual({ ...given, uri: record.uri, verifier: did, createdAt });
      }),
    );
  });
});

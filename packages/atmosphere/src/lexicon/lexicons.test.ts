import { readdirSync, readFileSync } from "node:fs";
import { type LexiconDoc, Lexicons, type LexUserType, parseLexiconDoc } from "@atproto/lexicon";
import { describe, expect, it } from "vitest";
import { COLLECTIONS } from "./collections.ts";
import { LEXICONS } from "./lexicons.ts";

const folder = new URL("../../../../lexicons/science/alt/dataset/", import.meta.url);
const originals = readdirSync(folder).map((name): { name: string; doc: LexiconDoc } => ({
  name,
  doc: JSON.parse(readFileSync(new URL(name, folder), "utf8")),
}));

describe("the lexicons", () => {
  it("are those of the namespace, and one of ours for files", () => {
    const records = ["schema", "entry", "label", "lens", "lensVerification", "file"];
    const storages = ["storageHttp", "storageS3", "storageBlobs", "storageExternal"];
    const names = ["schemaType", "arrayFormat", "programmingLanguage", "verificationMethod"];
    const queries = ["resolveSchema", "resolveLabel"];
    const wanted = [...records, ...storages, ...names, ...queries].sort();
    expect(originals.map(({ doc }) => doc.id).sort()).toEqual(wanted.map((name) => `science.alt.dataset.${name}`));
    expect(Object.values(COLLECTIONS).sort()).toEqual(records.map((name) => `science.alt.dataset.${name}`).sort());
  });

  it.each(originals)("$name is a lexicon by the definition of @atproto/lexicon", ({ name, doc }) => {
    expect(() => parseLexiconDoc(doc)).not.toThrow();
    expect(doc.id).toBe(`science.alt.dataset.${name.replace(".json", "")}`);
  });

  it("would not pass if one were not a lexicon", () => {
    const [first] = originals;
    expect(() =>
      parseLexiconDoc({ ...first?.doc, defs: { main: { type: "record", record: { type: "list" } } } }),
    ).toThrow();
  });

  it("refer only to what is there", () => {
    const lexicons = new Lexicons(structuredClone(originals.map(({ doc }) => doc)));
    const refs = [...lexicons].flatMap((doc) => refsIn(doc));
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) expect(lexicons.getDef(ref), ref).toBeDefined();
  });

  it("say what everything is for", () => {
    const undescribed = originals.flatMap(({ doc }) =>
      Object.entries(doc.defs)
        .filter(([, def]) => !("description" in def))
        .map(([key]) => `${doc.id}#${key}`),
    );
    expect(undescribed).toEqual([]);
  });

  it.each([
    ["schemaType", ["jsonSchema"]],
    ["arrayFormat", ["ndarrayBytes", "sparseBytes", "structuredBytes", "arrowTensor", "safetensors"]],
    ["programmingLanguage", ["python", "typescript", "javascript", "rust"]],
    ["verificationMethod", ["codeReview", "formalProof", "signedHash", "automatedTest"]],
  ])("give %s its known values, each with a token", (name, values) => {
    const { main, ...tokens } = defsOf(name);
    expect(main).toMatchObject({ type: "string", knownValues: values, maxLength: 50 });
    expect(main).not.toHaveProperty("enum");
    expect(Object.keys(tokens)).toEqual(values);
    for (const token of Object.values(tokens)) expect(token.type).toBe("token");
  });

  it.each([
    ["schema", "any"],
    ["file", "any"],
    ["entry", "tid"],
    ["label", "tid"],
    ["lens", "tid"],
    ["lensVerification", "tid"],
  ])("give records of %s the key type %s", (name, key) => {
    expect(defsOf(name).main).toMatchObject({ type: "record", key });
  });

  it("are carried by the package as they are, without their descriptions", () => {
    const plain = originals.map(({ doc }) => withoutDescriptions(doc));
    expect(LEXICONS.map((text) => JSON.parse(text))).toEqual(plain);
  });
});

describe("the queries", () => {
  const lexicons = new Lexicons(structuredClone(originals.map(({ doc }) => doc)));
  const uri = "at://did:plc:abc/science.alt.dataset.schema/a";
  const cid = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";

  it.each([
    [
      "resolveSchema",
      { handle: "alice.test", schemaId: "a".repeat(500), version: "v".repeat(20) },
      { schemaId: "a".repeat(501) },
    ],
    ["resolveSchema", { handle: "did:plc:abc", schemaId: "Point" }, { version: "v".repeat(21) }],
    ["resolveSchema", { handle: "alice.test", schemaId: "Point" }, { handle: undefined }],
    ["resolveSchema", { handle: "alice.test", schemaId: "Point" }, { schemaId: undefined }],
    [
      "resolveLabel",
      { handle: "alice.test", name: "n".repeat(200), version: "v".repeat(50) },
      { name: "n".repeat(201) },
    ],
    ["resolveLabel", { handle: "alice.test", name: "digits" }, { version: "v".repeat(51) }],
    ["resolveLabel", { handle: "alice.test", name: "digits" }, { handle: "not a handle" }],
    ["resolveLabel", { handle: "alice.test", name: "digits" }, { name: undefined }],
  ])("%s takes %j, and not %j", (name, good, bad) => {
    const id = `science.alt.dataset.${name}`;
    expect(() => lexicons.assertValidXrpcParams(id, good)).not.toThrow();
    expect(() => lexicons.assertValidXrpcParams(id, { ...good, ...bad })).toThrow();
  });

  it.each([
    ["resolveSchema", "record"],
    ["resolveLabel", "label"],
  ])("%s answers with uri, cid and %s", (name, member) => {
    const id = `science.alt.dataset.${name}`;
    const answer: Record<string, unknown> = { uri, cid, [member]: { name: "a" } };
    expect(() => lexicons.assertValidXrpcOutput(id, answer)).not.toThrow();
    for (const key of Object.keys(answer))
      expect(() => lexicons.assertValidXrpcOutput(id, { ...answer, [key]: undefined }), key).toThrow();
  });
});

function defsOf(name: string): Record<string, LexUserType> {
  return originals.find(({ doc }) => doc.id.endsWith(`.${name}`))?.doc.defs ?? {};
}

function refsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "ref" in value && typeof value.ref === "string" ? [value.ref] : [];
  const refs = "refs" in value && Array.isArray(value.refs) ? value.refs.map(String) : [];
  return [...own, ...refs, ...Object.values(value).flatMap(refsIn)];
}

function withoutDescriptions(doc: unknown): unknown {
  return JSON.parse(
    JSON.stringify(doc, (key, value) => (key === "description" && typeof value === "string" ? undefined : value)),
  );
}

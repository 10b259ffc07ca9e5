import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  dict,
  type Fields,
  int,
  list,
  ndarray,
  optional,
  type SampleType,
  sample,
  schemaFromLocal,
  schemaToLocal,
  str,
} from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { codecs } from "../src/codecs.ts";
import { lensModule } from "../src/codegen/lens-code.ts";
import { typeModule } from "../src/codegen/type-code.ts";
import { atdata, fixtures, scratch } from "./cli.ts";
import { sampleTypes } from "./generated-types.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
// Inside the workspace, where imports of packages resolve.
const workspace = mkdtempSync(join(import.meta.dirname, ".codegen-"));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

/** Compiles modules under the tsconfig of this repository. */
function compile(modules: readonly string[]): string {
  const own = mkdtempSync(join(workspace, "m-"));
  modules.forEach((code, i) => {
    writeFileSync(join(own, `m${i}.ts`), code);
  });
  const config = {
    extends: "../../../../../tsconfig.base.json",
    compilerOptions: { types: ["node"] },
    include: ["*.ts"],
  };
  writeFileSync(join(own, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(import.meta.dirname, "../../../node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "-p", own], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error((error as { readonly stdout: string }).stdout);
  }
  return own;
}

/** Imports the modules of a folder as Node does, by stripping types, and gives the local forms of the types that they export. */
function exported(own: string): unknown[] {
  const count = readdirSync(own).length - 1;
  const urls = Array.from({ length: count }, (_, i) => pathToFileURL(join(own, `m${i}.ts`)).href);
  const script = `
    import { schemaToLocal } from "@atdata/core";
    const found = [];
    for (const url of ${JSON.stringify(urls)}) found.push(Object.values(await import(url)).map((type) => schemaToLocal(type)));
    console.log(JSON.stringify(found));`;
  const args = ["--input-type=module", "-e", script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" })) as unknown[];
}

test("a generated module compiles and exports a type equal to the original, whatever its fields and descriptions", () => {
  fc.assert(
    fc.property(fc.array(sampleTypes, { minLength: 60, maxLength: 60 }), (types) => {
      expect(exported(compile(types.map(typeModule)))).toEqual(types.map((type) => [schemaToLocal(type)]));
    }),
    // The types are many already; to shrink would compile them over and over.
    { numRuns: 1, endOnFailure: true },
  );
});

test("a skeleton lens between any two types compiles", () => {
  // For TypeScript every object has what all objects inherit, so that none without such a field is of its type.
  const plain = sampleTypes.filter(({ fields }) => Object.keys(fields).every((name) => !(name in {})));
  fc.assert(
    fc.property(fc.array(fc.tuple(plain, plain), { minLength: 40, maxLength: 40 }), (pairs) => {
      compile(pairs.map(([from, to]) => lensModule(from, to)));
    }),
    { numRuns: 1, endOnFailure: true },
  );
});

test("a lens is declared only where what stands in can be: numbers, text, bytes and lists of them", () => {
  const lensOf = (from: Fields, to: Fields): string => {
    const code = lensModule(sample("From", from) as SampleType, sample("To", to) as SampleType);
    return code.slice(code.indexOf("export const migrate"), code.indexOf("\n\n/** Marks"));
  };
  const image = ndarray("uint8", [2]);
  expect(lensOf({ image: optional(image) }, { image })).toContain(
    'lens(From, To, {\n  get: (before) => ({\n    image: before.image ?? todo("image, ndarray uint8 2"),\n',
  );
  expect(lensOf({ a: int() }, { a: int(), boxes: list(dict(int())) })).toContain("= lens(From, To, {");
  // It is cast as a value of the earlier field would be.
  expect(lensOf({ label: optional(int()) }, { label: str(), tags: list(str()) })).toContain(
    'fieldLens(From, To, {\n  label: { from: "label", default: todo("label, int"), cast: "str" },\n  tags: { constant: todo("tags, list of str") },\n',
  );
});

test("schema codegen writes the module to stdout, or into a file", async () => {
  const Digit = sample(
    "Digit",
    { image: ndarray("uint8", [28, 28]), label: int({ description: "which digit" }), note: optional(str()) },
    { version: "1.2.0", description: "a digit" },
  );
  await writeDataset(
    Digit,
    [{ image: { data: new Uint8Array(784), shape: [28, 28], dtype: "uint8" }, label: 1 }],
    at("d.tar"),
  );
  const { status, stdout, stderr } = await atdata(["schema", "codegen", at("d.tar")]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatchSnapshot();
  writeFileSync(at("digit.ts"), "older");
  const written = await atdata(["schema", "codegen", at("d.tar"), "-o", at("digit.ts")]);
  expect(written).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(readFileSync(at("digit.ts"), "utf8")).toBe(stdout);
  const refused = await atdata(["schema", "codegen", at("d.tar"), "-o", at("no/digit.ts")]);
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("error[IO_ERROR]")]);
});

test("the type of a dataset without one is inferred, and a note says so", async () => {
  const { status, stdout, stderr } = await atdata(["schema", "codegen", join(fixtures, "python/single.tar")]);
  expect([status, stderr]).toEqual([0, expect.stringContaining("inferred from the first 3 samples")]);
  expect(stdout).toContain("export const Sample: SampleType<Sample> = sample(");
  compile([stdout]);
});

test("what Python only notes of an array is told and not enforced; names that cannot be declared are refused", () => {
  const noted = { $type: "local#ndarray", dtype: "float32" };
  const python = { name: "Point", version: "1.0.0", fields: [{ name: "vec", fieldType: noted, optional: false }] };
  const code = typeModule(schemaFromLocal(python, { codecs }) as SampleType);
  expect(code).toContain("    vec: ndarray(), // ndarray float32 is only noted, and not enforced\n");
  compile([code]);
  const odd = { name: "Point", fields: [{ name: "a b", fieldType: { $type: "local#primitive", primitive: "int" } }] };
  expect(() => typeModule(schemaFromLocal(odd) as SampleType)).toThrow(
    /Point cannot be declared.*letters, digits and _/,
  );
});

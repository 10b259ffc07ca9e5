/** A violation that is put into a copy of the repository, and the words by which its check must name it. */
export interface Plant {
  readonly check: string;
  /** Every one of them stands in one of the problems that the check reports. */
  readonly expect: readonly string[];
  /** What is put where: the text of a new file, or a change of the present one. */
  readonly files: Readonly<Record<string, string | ((text: string) => string)>>;
}

/** One violation for each rule of the import graph, by the rule's name. */
export const BOUNDARY_PLANTS: Readonly<Record<string, Plant["files"]>> = {
  "no-circular": {
    "packages/core/src/planted-a.ts": 'import type { B } from "./planted-b.ts";\nexport type A = B;\n',
    "packages/core/src/planted-b.ts": 'import type { A } from "./planted-a.ts";\nexport type B = A | 1;\n',
  },
  "no-unresolvable": { "packages/wds/src/planted-missing.ts": 'import "@atdata/core/src/errors.ts";\n' },
  "backend-imports-only-core": {
    "packages/wds/src/planted-sibling.ts": 'import type * as kit from "@atdata/conformance";\n',
  },
  "core-imports-no-package": {
    "packages/core/src/planted-package.ts": 'import type * as kit from "@atdata/conformance";\n',
  },
  "core-imports": { "packages/core/src/planted-import.ts": 'import type { z } from "zod";\n' },
  "core-sparse-imports": { "packages/core/src/sparse/planted-sparse.ts": 'import "zod";\n' },
  "core-arrow-imports": { "packages/core/src/arrow/planted-arrow.ts": 'import "zod";\n' },
  "conformance-imports-only-core": { "packages/conformance/src/planted-kit.ts": 'import "../../wds/src/index.ts";\n' },
  "only-node-folder-imports-builtins": {
    "packages/core/src/planted-builtin.ts": 'import type { Stats } from "node:fs";\n',
  },
  "root-entries-no-node": {
    "packages/wds/src/index.ts": (text) => `${text}import "./planted-way.ts";\n`,
    "packages/wds/src/planted-way.ts": 'import "./node/planted-end.ts";\n',
    "packages/wds/src/node/planted-end.ts": 'import "node:fs";\n',
  },
  "only-through-exports": { "packages/cli/src/planted-deep.ts": 'import "../../core/src/errors.ts";\n' },
  "only-by-name": { "packages/cli/src/planted-relative.ts": 'import "../../core/src/index.ts";\n' },
  "tests-import-only-own-package-core-conformance": {
    "packages/core/src/planted.test.ts": 'import "../../wds/src/index.ts";\n',
  },
  "packages-import-no-tooling": {
    "packages/cli/src/planted-tooling.ts": 'import "../../../tooling/atproto/src/index.ts";\n',
  },
  "tests-import-only-the-test-network": {
    "packages/cli/tests/planted-tooling.ts": 'import "../../../tooling/checks/src/check.ts";\n',
  },
};

const PLANTED_SURFACE = `
export const planted: number = 1;
export const plantedAny: any = 1;
export { deflateSync as plantedImport } from "fflate";
`;

/** A violation for every other check. */
export const PLANTS: readonly Plant[] = [
  {
    check: "types",
    expect: ["planted.test-d.ts"],
    files: {
      "packages/core/src/planted.test-d.ts":
        'import { expectTypeOf } from "vitest";\nexpectTypeOf<string>().toEqualTypeOf<number>();\n',
    },
  },
  {
    check: "biome",
    expect: [
      "noDefaultExport",
      "noExcessiveLinesPerFile",
      "noExplicitAny",
      "noReExportAll",
      "noRestrictedGlobals",
      "noSkippedTests",
    ],
    files: {
      "packages/core/src/planted-style.ts": `export * from "./errors.ts";\nexport default Buffer;\n${"void 0;\n".repeat(300)}`,
      "packages/core/src/planted-style.test.ts": 'import { it } from "vitest";\nit.skip("does nothing", () => {});\n',
    },
  },
  {
    check: "manifests",
    expect: ["sideEffects", "publishConfig.exports", "zod is asked for as"],
    files: {
      "packages/conformance/package.json": (text) =>
        text
          .replace('"sideEffects": false', '"sideEffects": true')
          .replaceAll("./dist/index.", "./dist/planted.")
          .replace('"src"', '"src", "tests"')
          .replace(/"devDependencies": \{/, '"devDependencies": { "zod": "1.0.0",'),
    },
  },
  {
    check: "lexicons",
    expect: ["belongs to lexicons/test/elsewhere.json", "lexicons.ts is not what", "types.ts is not what"],
    files: { "lexicons/planted.json": '{ "id": "test.elsewhere", "defs": { "main": { "type": "object" } } }\n' },
  },
  { check: "changesets", expect: ["@atdata/core changed"], files: {} },
  {
    check: "outside-references",
    expect: ["planted-path.md:1"],
    files: { "docs/planted-path.md": `See ${"/"}root/notes.\n` },
  },
  {
    check: "knip",
    expect: ["planted-dead.ts"],
    files: { "packages/core/src/planted-dead.ts": "export const dead: number = 1;\n" },
  },
  {
    check: "exports",
    expect: ["new [planted"],
    files: { "packages/core/src/index.ts": (text) => text + PLANTED_SURFACE },
  },
  {
    check: "bundles",
    expect: ["@atdata/core's bundle holds fflate", "@atdata/wds does not bundle for a browser"],
    files: {},
  },
  {
    check: "packing",
    expect: ["packs package/tests/planted.ts"],
    files: { "packages/conformance/tests/planted.ts": "export {};\n" },
  },
  { check: "installed", expect: ["@atdata/conformance loads differently"], files: {} },
  { check: "publint", expect: ["dist/planted.js"], files: {} },
  { check: "attw", expect: ["@atdata/conformance"], files: {} },
  { check: "api-reports", expect: ["+ export const planted: number;"], files: {} },
  { check: "doc-comments", expect: ["exports planted without"], files: {} },
  { check: "public-any", expect: ["plantedAny"], files: {} },
  {
    check: "consumer",
    expect: ["NodeJS"],
    files: { "packages/wds/src/index.ts": (text) => `${text}export type Planted = NodeJS.Timeout;\n` },
  },
  {
    check: "examples",
    expect: ["planted.md(4,7)", "planted-example.ts(3,"],
    files: {
      "docs/planted.md": '```ts\nimport { planted } from "@atdata/core";\n\nconst wrong: string = planted;\n```\n',
      "packages/core/src/planted-example.ts": "/**\n * ```ts\n * const wrong: string = 1;\n * ```\n */\n",
    },
  },
];

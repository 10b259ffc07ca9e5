import type { Created, IndexProvider, ListOptions } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, ensure, same } from "./expect.ts";
import { type IndexKit, type MakeIndexProvider, withIndex } from "./index-provider-fixture.ts";
import { sameValue } from "./value-text.ts";

interface Document {
  readonly name: string;
  readonly version: string;
  readonly json: unknown;
}

/** What schemas and lenses have in common: documents under a name and version, of which the first stays. */
interface Shelf {
  readonly kind: "schema" | "lens";
  make(kit: IndexKit, name: string, version: string, description?: string): Document;
  create(provider: IndexProvider, document: Document): Promise<Created<Document>>;
  get(provider: IndexProvider, name: string, version: string): Promise<Document | undefined>;
  list(provider: IndexProvider, options?: ListOptions): AsyncIterable<Document>;
}

const schemas: Shelf = {
  kind: "schema",
  make: (kit, ...given) => kit.schema(...given),
  create: (provider, document) => provider.createSchema(document),
  get: (provider, name, version) => provider.getSchema(name, version),
  list: (provider, options) => provider.listSchemas(options),
};

const lenses: Shelf = {
  kind: "lens",
  make: (kit, ...given) => kit.lens(...given),
  create: (provider, document) => provider.createLens(document),
  get: (provider, name, version) => provider.getLens(name, version),
  list: (provider, options) => provider.listLenses(options),
};

/** The rules of schemas and of lenses, which are the same but for a schema's ref. */
export const versionedCases: readonly ConformanceCase<MakeIndexProvider>[] = [schemas, lenses].flatMap((shelf) => {
  const { kind } = shelf;
  const cases: ConformanceCase<MakeIndexProvider>[] = [
    {
      id: `index/${kind}-round-trip`,
      rule: `a ${kind} is found by its name and version as it was created`,
      run: (make) =>
        withIndex(make, async (provider, kit) => {
          const given = shelf.make(kit, "Digit", "1.0.0", "gr\u00fc\u00dfe \ud83d\udcbe \"'\\\n\u2028");
          const { created, held } = await shelf.create(provider, given);
          same(created, true, "created");
          const found = await shelf.get(provider, "Digit", "1.0.0");
          sameValue(found, held, `${kind} by name and version`);
          sameValue([found?.name, found?.version, found?.json], ["Digit", "1.0.0", given.json], kind);
          sameValue(await collect(shelf.list(provider)), [held], "listing");
        }),
    },
    {
      id: `index/${kind}-first-stays`,
      rule: `creating a ${kind} whose name and version are taken changes nothing, and gives what is held`,
      run: (make) =>
        withIndex(make, async (provider, kit) => {
          const first = await shelf.create(provider, shelf.make(kit, "Digit", "1.0.0", "first"));
          for (const note of ["second", "first"]) {
            const again = await shelf.create(provider, shelf.make(kit, "Digit", "1.0.0", note));
            same(again.created, false, "created");
            sameValue(again.held, first.held, "held");
          }
          sameValue(await shelf.get(provider, "Digit", "1.0.0"), first.held, kind);
        }),
    },
    {
      id: `index/${kind}-one-winner`,
      rule: `of many that create a ${kind} at the same time one wins, and all are given the winner's`,
      run: (make) =>
        withIndex(make, async (provider, kit) => {
          const racers = Array.from({ length: 8 }, (_, i) => shelf.make(kit, "Digit", "1.0.0", `racer ${i}`));
          const results = await Promise.all(racers.map((racer) => shelf.create(provider, racer)));
          const winners = results.flatMap(({ created }, i) => (created ? [i] : []));
          same(winners.length, 1, "number of winners");
          const held = await shelf.get(provider, "Digit", "1.0.0");
          sameValue(held?.json, racers[winners[0] ?? -1]?.json, kind);
          for (const result of results) sameValue(result.held, held, "held");
          same((await collect(shelf.list(provider))).length, 1, "number in the listing");
        }),
    },
    {
      id: `index/${kind}-names`,
      rule: `a ${kind} is found by exactly its name and version`,
      run: (make) =>
        withIndex(make, async (provider, kit) => {
          const all = ["Digit", "digit", "Digits", "Digit_", "Ziffer\u00e4"].flatMap((name) =>
            ["1.0.0", "11.0.0", "1.0.10"].map((version) => shelf.make(kit, name, version)),
          );
          for (const each of all) same((await shelf.create(provider, each)).created, true, `created ${each.name}`);
          for (const { name, version, json } of all) {
            sameValue((await shelf.get(provider, name, version))?.json, json, `${name}@${version}`);
          }
          for (const near of ["Digit@1.0.1", "Digi@1.0.0", "igit@1.0.0", "D_git@1.0.0", "DIGIT@1.0.0"]) {
            const [name = "", version = ""] = near.split("@");
            same(await shelf.get(provider, name, version), undefined, `${name}@${version}`);
          }
        }),
    },
    {
      id: `index/${kind}-list`,
      rule: `listings of a ${kind} are in the order of creation, and have all versions of a name that is given`,
      run: (make) =>
        withIndex(make, async (provider, kit) => {
          const order = ["b@2.0.0", "a@1.0.0", "b@10.0.0", "b@1.0.0", "bb@1.0.0"];
          for (const each of order) {
            const [name = "", version = ""] = each.split("@");
            await shelf.create(provider, shelf.make(kit, name, version));
          }
          const listed = async (options?: ListOptions): Promise<string[]> =>
            (await collect(shelf.list(provider, options))).map(({ name, version }) => `${name}@${version}`);
          sameValue(await listed(), order, "listing");
          sameValue(await listed({ name: "b" }), ["b@2.0.0", "b@10.0.0", "b@1.0.0"], "listing of b");
          for (const name of ["*", "none", "B"]) sameValue(await listed({ name }), [], `listing of ${name}`);
        }),
    },
  ];
  return cases;
});

/** The rule of a schema's ref. */
export const schemaRefCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  {
    id: "index/schema-ref",
    rule: "a schema has a ref of its own, which stays",
    run: (make) =>
      withIndex(make, async (provider, kit) => {
        const refs: string[] = [];
        for (const version of ["1.0.0", "1.0.1"]) {
          const { held } = await provider.createSchema(kit.schema("Digit", version));
          const again = await provider.createSchema(kit.schema("Digit", version, "other"));
          const found = await provider.getSchema("Digit", version);
          ensure(typeof held.ref === "string" && held.ref !== "", "a schema has no ref");
          same(again.held.ref, held.ref, "ref when it is created again");
          same(found?.ref, held.ref, "ref of what is found");
          refs.push(held.ref);
        }
        ensure(refs[0] !== refs[1], `two versions share the ref ${refs[0]}`);
        sameValue(
          (await collect(provider.listSchemas())).map(({ ref }) => ref),
          refs,
          "refs of the listing",
        );
      }),
  },
];

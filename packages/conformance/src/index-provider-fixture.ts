import {
  type IndexEntry,
  type IndexProvider,
  localSchemaRef,
  type NewEntry,
  type NewSchema,
  type StoredLensRecord,
} from "@atdata/core";
import type { Need } from "./case.ts";
import { collect } from "./expect.ts";

/** An index provider made by the backend's author. */
export interface IndexFixture {
  /** The provider, empty; the kit disposes it where that can be done. */
  readonly provider: IndexProvider;
  /** Opens what `provider` wrote once more, while it is open and after; for what lasts longer than one object. */
  reopen?(): Promise<IndexProvider>;
  /** Takes away what is left when all providers are disposed. */
  dispose?(): Promise<void>;
  /** Writes a ref of a schema, which need not be there, for an index that takes no `atdata://local/…`. */
  readonly schemaRef?: ((name: string, version: string) => string) | undefined;
  /** How many bytes of UTF-8 a name may have, at least 100; without, names of 300 are put. */
  readonly maxNameBytes?: number | undefined;
  /** Set where only urls are taken that everybody can open: no paths, and none of a store that asks for credentials. */
  readonly publicUrlsOnly?: boolean | undefined;
}

/** Makes an empty index provider that shares nothing with any other that was made. */
export type MakeIndexProvider = () => IndexFixture | Promise<IndexFixture>;

/** What a case puts, in a form that the index takes. */
export interface IndexKit {
  /** Opens the index once more. */
  reopen(): Promise<IndexProvider>;
  /** An entry of this name over one shard; other values of `shard` make other entries of it. */
  entry(name: string, shard?: string | number, more?: Partial<NewEntry>): NewEntry;
  /** A schema in its local form, younger than the one that was made before; other values of `description` make other schemas. */
  schema(name: string, version: string, description?: string): NewSchema;
  /** A lens in its stored form, younger than the one before; other values of `description` make other lenses. */
  lens(name: string, version: string, description?: string): StoredLensRecord;
  /** The ref of a schema. */
  schemaRef(name: string, version: string): string;
  /** Names that a pattern, a separator, a collation or a rule of escaping would take for others. */
  readonly names: readonly string[];
}

/** Runs `use` with a fresh provider and what to put into it, and disposes of all after. */
export async function withIndex(
  make: MakeIndexProvider,
  use: (provider: IndexProvider, kit: IndexKit) => Promise<void>,
): Promise<void> {
  const fixture = await make();
  const opened: IndexProvider[] = [fixture.provider];
  const reopen = async (): Promise<IndexProvider> => {
    const again = (await fixture.reopen?.()) ?? fixture.provider;
    opened.push(again);
    return again;
  };
  try {
    await use(fixture.provider, { ...indexKit(fixture), reopen });
  } finally {
    for (const provider of opened) await provider[Symbol.asyncDispose]?.();
    await fixture.dispose?.();
  }
}

/** Applies where what was written can be opened again. */
export const needsReopen: Need<MakeIndexProvider> = needs("persistence", ({ reopen }) => reopen !== undefined);

/** Applies where an entry and its label are put in one go. */
export const needsPutLabelled: Need<MakeIndexProvider> = needs(
  "putLabelled",
  ({ provider }) => provider.putLabelled !== undefined,
);

/** Applies where urls and paths of any kind are taken. */
export const needsAnyUrls: Need<MakeIndexProvider> = needs("private urls", (fixture) => !fixture.publicUrlsOnly);

function needs(capability: string, has: (fixture: IndexFixture) => boolean): Need<MakeIndexProvider> {
  return {
    capability,
    async has(make) {
      const fixture = await make();
      await fixture.provider[Symbol.asyncDispose]?.();
      await fixture.dispose?.();
      return has(fixture);
    },
  };
}

/** Makes what cases put into an index. */
export function indexKit(fixture: Pick<IndexFixture, "schemaRef" | "maxNameBytes">): Omit<IndexKit, "reopen"> {
  const schemaRef = (name: string, version: string): string =>
    fixture.schemaRef?.(name, version) ?? localSchemaRef(name, version);
  let made = 0;
  const nextTime = (): string => {
    const seconds = new Date(Date.UTC(2026, 1, 3, 4, 5, made++)).toISOString().slice(0, 19);
    return `${seconds}.123456+00:00`;
  };
  return {
    schemaRef,
    names: [...ODD_NAMES, "long ".repeat(60).slice(0, fixture.maxNameBytes)],
    entry(name, shard = 0, more = {}) {
      const dataUrls = [`https://example.com/${encodeURIComponent(`${name}-${shard}`)}.tar`];
      return { name, schemaRef: schemaRef("Digit", "1.0.0"), dataUrls, ...more };
    },
    schema(name, version, description = "") {
      const fields = [
        { name: "label", fieldType: { $type: "local#primitive", primitive: "str" }, optional: false },
        { name: "image", fieldType: { $type: "local#ndarray", dtype: "uint8", shape: [28, null] }, optional: true },
      ];
      return { name, version, json: { name, version, fields, description, createdAt: nextTime() } };
    },
    lens(name, version, description = "") {
      const mappings = [{ source_field: "label", view_field: "label", transform: null }];
      const json = {
        name,
        version,
        source_schema: "Point",
        view_schema: "LabelOnly",
        getter: { kind: "field_mapping", mappings },
        putter: { kind: "field_mapping", mappings },
        created_at: nextTime(),
        description,
        atdata_source: schemaRef("Point", "1.0.0"),
        atdata_view: schemaRef("LabelOnly", "1.0.0"),
      };
      return { name, version, json };
    },
  };
}

/** Gives the first url of each entry of a listing. */
export async function listedUrls(listing: AsyncIterable<IndexEntry>): Promise<string[]> {
  return (await collect(listing)).map(({ dataUrls }) => dataUrls[0] ?? "");
}

/** Tells the first url of an entry. */
export function urlOf(entry: NewEntry | undefined): string | undefined {
  return entry?.dataUrls[0];
}

const ODD_NAMES: readonly string[] = [
  "digits",
  "Digits",
  "digits2",
  "digit*",
  "digit?",
  "d[ia]gits",
  "digit%",
  "digit_",
  "a b",
  " a b ",
  "a:b",
  "a/b",
  "a@1.0.0",
  "a",
  'it\'s "so" \\ {x}',
  "-- 1",
  "gr\u00fc\u00dfe",
  "gru\u0308\u00dfe",
  "\u6570\u636e \ud83d\udcbe",
  "line\nfeed",
];

import type { IndexEntry, IndexProvider, NewEntry, NewSchema, StoredLensRecord } from "@atdata/core";
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
}

/** Makes an empty index provider that shares nothing with any other that was made. */
export type MakeIndexProvider = () => IndexFixture | Promise<IndexFixture>;

/** Runs `use` with a fresh provider and the means to open it again, and disposes of all after. */
export async function withIndex(
  make: MakeIndexProvider,
  use: (provider: IndexProvider, reopen: () => Promise<IndexProvider>) => Promise<void>,
): Promise<void> {
  const fixture = await make();
  const opened: IndexProvider[] = [fixture.provider];
  try {
    await use(fixture.provider, async () => {
      const again = (await fixture.reopen?.()) ?? fixture.provider;
      opened.push(again);
      return again;
    });
  } finally {
    for (const provider of opened) await provider[Symbol.asyncDispose]?.();
    await fixture.dispose?.();
  }
}

/** Applies where what was written can be opened again. */
export const needsReopen: Need<MakeIndexProvider> = {
  capability: "persistence",
  async has(make) {
    const fixture = await make();
    await fixture.provider[Symbol.asyncDispose]?.();
    await fixture.dispose?.();
    return fixture.reopen !== undefined;
  },
};

/** An entry of this name over one shard; other values of `shard` make other entries of it. */
export function entry(name: string, shard: string | number = 0, more: Partial<NewEntry> = {}): NewEntry {
  const dataUrls = [`https://example.com/${encodeURIComponent(name)}-${shard}.tar`];
  return { name, schemaRef: "atdata://local/schema/Digit@1.0.0", dataUrls, ...more };
}

/** A schema in its local form; other values of `description` make other schemas. */
export function schema(name: string, version: string, description = ""): NewSchema {
  const fields = [
    { name: "label", fieldType: { $type: "local#primitive", primitive: "str" }, optional: false },
    { name: "image", fieldType: { $type: "local#ndarray", dtype: "uint8", shape: [28, null] }, optional: true },
  ];
  const createdAt = "2026-02-03T04:05:06.123456+00:00";
  return { name, version, json: { name, version, fields, description, createdAt } };
}

/** A lens in its stored form; other values of `description` make other lenses. */
export function lens(name: string, version: string, description = ""): StoredLensRecord {
  const mappings = [{ source_field: "label", view_field: "label", transform: null }];
  const json = {
    name,
    version,
    source_schema: "Point",
    view_schema: "LabelOnly",
    getter: { kind: "field_mapping", mappings },
    putter: { kind: "field_mapping", mappings },
    created_at: "2026-02-03T04:05:06.123456+00:00",
    description,
  };
  return { name, version, json };
}

/** Gives the first url of each entry of a listing. */
export async function listedUrls(listing: AsyncIterable<IndexEntry>): Promise<string[]> {
  return (await collect(listing)).map(({ dataUrls }) => dataUrls[0] ?? "");
}

/** Tells the first url of an entry. */
export function urlOf(entry: NewEntry | undefined): string | undefined {
  return entry?.dataUrls[0];
}

/** Names that a pattern, a separator, a collation or a rule of escaping would take for others. */
export const ODD_NAMES: readonly string[] = [
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
  "long ".repeat(60),
];

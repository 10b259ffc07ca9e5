import { AtdataError, type IndexEntry, type IndexProvider, memoryIndex, type SearchQuery } from "@atdata/core";
import { collect } from "../../src/expect.ts";
import type { MakeSearchBackend } from "../../src/index.ts";

type Matches = (entry: IndexEntry, query: SearchQuery) => boolean;

/** The parts of a search, each of which a mutant may have its own of. */
interface Parts {
  text: Matches;
  tags: Matches;
  schema: Matches;
  /** Tells where a page begins, among the ids of all entries. */
  start(cursor: string | undefined, ids: readonly string[]): number;
  limit(asked: number): number;
  give(entry: IndexEntry): IndexEntry;
  signal(signal: AbortSignal | undefined): void;
}

const good: Parts = {
  text({ name, metadata }, { text = "" }) {
    const places = [name, metadata?.description, ...tagsOf(metadata?.tags)];
    const texts = places.filter((place) => typeof place === "string").map((place) => place.toLowerCase());
    return wordsOf(text.toLowerCase()).every((word) => texts.some((place) => place.includes(word)));
  },
  tags: ({ metadata }, { tags = [] }) => tags.every((tag) => tagsOf(metadata?.tags).includes(tag)),
  schema({ schemaRef }, { schema }) {
    const local = schemaRef.split("/").at(-1) ?? "";
    return schema === undefined || [schemaRef, local, local.split("@")[0]].includes(schema);
  },
  start(cursor, ids) {
    if (cursor === undefined) return 0;
    if (ids.includes(cursor)) return ids.indexOf(cursor) + 1;
    throw new AtdataError("CURSOR_INVALID", "cursor is not of this search", { cursor });
  },
  limit: (asked) => asked,
  give: (entry) => entry,
  signal: (signal) => signal?.throwIfAborted(),
};

/** A search that reads the whole index each time; its cursor is the id of the last entry that was given. */
function scanning(fault: Partial<Parts> = {}, provider: IndexProvider = memoryIndex()): ReturnType<MakeSearchBackend> {
  const { text, tags, schema, start, limit, give, signal } = { ...good, ...fault };
  return {
    provider,
    search: {
      name: "scanning",
      async search(query, options) {
        signal(options?.signal);
        const entries = await collect(provider.listEntries());
        const rest = entries.slice(
          start(
            query.cursor,
            entries.map(({ id }) => id),
          ),
        );
        const found = rest.filter((entry) => [text, tags, schema].every((matches) => matches(entry, query)));
        const count = limit(query.limit ?? 10);
        const cursor = found.length > count ? found[count - 1]?.id : undefined;
        return { entries: found.slice(0, count).map(give), cursor };
      },
    },
  };
}

/** The search that all mutants are made of. */
export const goodSearch: MakeSearchBackend = () => scanning();

const shared = memoryIndex();

/** Searches with one fault each. */
export const searchMutants: Readonly<Record<string, MakeSearchBackend>> = {
  "shares what it looks through between factory calls": () => scanning({}, shared),
  "knows only names": faulty({
    text: (entry, query) => good.text({ ...entry, metadata: undefined }, query),
  }),
  "compares case": faulty({
    text: ({ name, metadata }, { text = "" }) =>
      wordsOf(text).every((word) =>
        [name, metadata?.description, ...tagsOf(metadata?.tags)].some(
          (place) => typeof place === "string" && place.includes(word),
        ),
      ),
  }),
  "is content with one of the words": faulty({
    text: (entry, { text = "" }) => text === "" || wordsOf(text).some((word) => good.text(entry, { text: word })),
  }),
  "takes words for patterns": faulty({
    text: ({ name, metadata }, { text = "" }) =>
      wordsOf(text.replace(/[+(\\]/g, "\\$&")).every((word) =>
        [name, metadata?.description, ...tagsOf(metadata?.tags)].some(
          (place) => typeof place === "string" && new RegExp(word.replace(/^\*/, "\\*"), "i").test(place),
        ),
      ),
  }),
  "is content with one of the tags": faulty({
    tags: (entry, { tags = [] }) => tags.length === 0 || tags.some((tag) => good.tags(entry, { tags: [tag] })),
  }),
  "finds tags by their beginning": faulty({
    tags: ({ metadata }, { tags = [] }) =>
      tags.every((tag) => tagsOf(metadata?.tags).some((one) => typeof one === "string" && one.startsWith(tag))),
  }),
  "finds schemas by their beginning": faulty({
    schema: ({ schemaRef }, { schema = "" }) => schemaRef.includes(`/${schema.replace(/^.*\//, "")}`),
  }),
  "knows no refs of schemas": faulty({
    schema: (entry, { schema }) => !schema?.includes("://") && good.schema(entry, { schema }),
  }),
  "looks at the text alone where there is one": faulty({
    tags: (entry, query) => query.text !== undefined || good.tags(entry, query),
    schema: (entry, query) => query.text !== undefined || good.schema(entry, query),
  }),
  "gives everything where nothing is found": faulty({
    text: (entry, query) => query.text === "nowhere" || good.text(entry, query),
  }),
  "gives entries without metadata": faulty({ give: ({ metadata, ...entry }) => entry }),
  "fails at tags that are no list": faulty({
    tags: ({ metadata }, { tags = [] }) => {
      const own = metadata?.tags ?? [];
      if (!Array.isArray(own)) throw new TypeError("tags is no list");
      return tags.every((tag) => own.includes(tag));
    },
  }),
  "remembers what it found": () => {
    const known = new Map<string, IndexEntry>();
    return scanning({
      give(entry) {
        const first = known.get(entry.id) ?? entry;
        known.set(entry.id, first);
        return first;
      },
      tags: (entry, query) => good.tags(known.get(entry.id) ?? entry, query),
    });
  },
  "gives the last entry of a page twice": faulty({ start: (cursor, ids) => Math.max(0, good.start(cursor, ids) - 1) }),
  "gives one entry more than the limit": faulty({ limit: (asked) => asked + 1 }),
  "hides an entry for each one that was put meanwhile": () => {
    let count = 0;
    return scanning({
      start(cursor, ids) {
        const put = cursor === undefined ? 0 : ids.length - count;
        count = ids.length;
        return good.start(cursor, ids) + put;
      },
    });
  },
  "begins again at a cursor it does not know": faulty({
    start: (cursor, ids) => ids.indexOf(cursor ?? "") + 1,
  }),
  "ignores signals": faulty({ signal: () => {} }),
};

function faulty(fault: Partial<Parts>): MakeSearchBackend {
  return () => scanning(fault);
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function tagsOf(tags: unknown): readonly unknown[] {
  return Array.isArray(tags) ? tags : [];
}

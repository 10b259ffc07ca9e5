import { contentId, type IndexProvider, memoryIndex } from "@atdata/core";
import { postgresIndex } from "@atdata/local/postgres";
import { redisIndex } from "@atdata/local/redis";
import fc from "fast-check";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { postgresForTests } from "./postgres-schema.ts";
import { redisForTests } from "./redis-database.ts";

const redis = await redisForTests();
const postgres = await postgresForTests();
afterAll(async () => {
  await redis.stop();
  await postgres.stop();
});

type Step = (provider: IndexProvider) => Promise<unknown>;

// Few of each, so that steps meet; some would be mistaken for others by a pattern or a separator.
const name = fc.constantFrom("a", "a@", "a*", "ab", "A", "é");
const version = fc.constantFrom("", "1.0.0", "@1.0.0");
const entry = fc.record({
  name,
  schemaRef: fc.constant("atdata://local/schema/S@1.0.0"),
  dataUrls: fc.constantFrom(["/1.tar"], ["/2.tar"], ["/1.tar", "/2.tar"]),
  metadata: fc.option(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }), { nil: undefined }),
});
const id = entry.map(contentId);

/** A call and what it is to be compared by. */
const step: fc.Arbitrary<readonly [string, Step]> = fc.oneof(
  entry.map((e) => [`put ${JSON.stringify(e)}`, (p: IndexProvider) => p.putEntry(e)] as const),
  id.map((i) => [`get ${i}`, (p: IndexProvider) => p.getEntry(i)] as const),
  id.map((i) => [`delete ${i}`, (p: IndexProvider) => p.deleteEntry(i)] as const),
  name.map((n) => [`latest ${n}`, (p: IndexProvider) => p.latestEntry(n)] as const),
  fc
    .option(name, { nil: undefined })
    .map((n) => [`list ${n}`, (p: IndexProvider) => collect(p.listEntries({ name: n }))] as const),
  fc.tuple(name, version, id, fc.constantFrom("any", "none", "id"), id).map(([n, v, i, how, was]) => {
    const expected = how === "any" ? {} : { expect: how === "none" ? null : was };
    const label = { name: n, version: v, id: i, description: how };
    // Two labels whose names and versions are one text share a key in Redis, as in Python: refused there.
    const call: Step = (p) => p.putLabel(label, expected);
    return [`label ${n} ${v} ${i} ${how} ${was}`, call] as const;
  }),
  fc.tuple(name, version).map(([n, v]) => [`label? ${n} ${v}`, (p: IndexProvider) => p.getLabel(n, v)] as const),
  fc.tuple(name, version).map(([n, v]) => [`unlabel ${n} ${v}`, (p: IndexProvider) => p.deleteLabel(n, v)] as const),
  name.map((n) => [`latest label ${n}`, (p: IndexProvider) => p.latestLabel(n)] as const),
  fc
    .record({ name: fc.option(name, { nil: undefined }), id: fc.option(id, { nil: undefined }) })
    .map((by) => [`labels ${JSON.stringify(by)}`, (p: IndexProvider) => collect(p.listLabels(by))] as const),
  fc
    .tuple(name, fc.constantFrom("1.0.0", "1.0.1"), fc.jsonValue({ maxDepth: 1 }))
    .map(
      ([n, v, json]) =>
        [`schema ${n} ${v}`, (p: IndexProvider) => p.createSchema({ name: n, version: v, json })] as const,
    ),
  fc
    .option(name, { nil: undefined })
    .map((n) => [`schemas ${n}`, (p: IndexProvider) => collect(p.listSchemas({ name: n }))] as const),
);

/** Does the same with both and compares all that comes out, but for times. */
async function agree(provider: IndexProvider, steps: readonly (readonly [string, Step])[]): Promise<void> {
  const memory = memoryIndex();
  for (const [what, call] of steps) expect(timeless(await call(provider)), what).toEqual(timeless(await call(memory)));
  const all: Step[] = [
    (p) => collect(p.listEntries()),
    (p) => collect(p.listLabels()),
    (p) => collect(p.listSchemas()),
  ];
  for (const call of all) expect(timeless(await call(provider))).toEqual(timeless(await call(memory)));
}

function timeless(value: unknown): unknown {
  const text = JSON.stringify({ value }, (key, held: unknown) => (key === "createdAt" ? undefined : held));
  return JSON.parse(text);
}

describe("an index does as the one in memory does", () => {
  it.skipIf(redis.missing)(`in Redis${redis.missing ?? ""}`, async () => {
    const client = new Redis(await redis.emptyDatabase());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        await client.flushdb();
        await agree(redisIndex(client), steps);
      }),
      { numRuns: 60 },
    );
    client.disconnect();
  });

  it.skipIf(postgres.missing)(`in Postgres${postgres.missing ?? ""}`, async () => {
    const { url, drop } = await postgres.emptySchema();
    const pool = new pg.Pool({ connectionString: url });
    const provider = postgresIndex(pool);
    await provider.getEntry("none");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        await pool.query("TRUNCATE dataset_entries, schemas, lenses, labels");
        await agree(provider, steps);
      }),
      { numRuns: 40 },
    );
    await pool.end();
    await drop();
  });
});

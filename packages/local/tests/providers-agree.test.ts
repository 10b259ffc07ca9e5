import { contentId, type IndexProvider, memoryIndex } from "@atdata/core";
import { postgresIndex } from "@atdata/local/postgres";
import { redisIndex } from "@atdata/local/redis";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { poolOf, postgresForTests } from "./postgres-schema.ts";
import { redisForTests } from "./redis-database.ts";

const redis = await redisForTests();
const postgres = await postgresForTests();
afterAll(async () => {
  await redis.stop();
  await postgres.stop();
});

type Step = (provider: IndexProvider) => Promise<unknown>;

// Few of each, so that steps meet; some would be mistaken for others by a pattern or a separator.
const name = fc.constantFrom("a", "a@b", "a*", "A");
const version = fc.constantFrom("", "1.0.0");
const entry = fc.record({
  name,
  schemaRef: fc.constant("atdata://local/schema/S@1.0.0"),
  dataUrls: fc.constantFrom(["/1.tar"], ["/2.tar"], ["/1.tar", "/2.tar"]),
  metadata: fc.option(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }), { nil: undefined }),
});
const id = entry.map(contentId);

type Named = readonly [what: string, step: Step];

const putLabel: fc.Arbitrary<Named> = fc
  .tuple(name, version, id, fc.constantFrom("any", "none", "id"), id)
  .map(([n, v, i, how, was]) => {
    const expected = how === "any" ? {} : { expect: how === "none" ? null : was };
    const label = { name: n, version: v, id: i, description: how };
    return [`label ${n} ${v} ${i} ${how} ${was}`, (p) => p.putLabel(label, expected)];
  });

/** A call and what it is called in messages. */
const step: fc.Arbitrary<Named> = fc.oneof(
  { weight: 4, arbitrary: putLabel },
  { weight: 4, arbitrary: entry.map((e): Named => [`put ${JSON.stringify(e)}`, (p) => p.putEntry(e)]) },
  id.map((i): Named => [`get ${i}`, (p) => p.getEntry(i)]),
  id.map((i): Named => [`delete ${i}`, (p) => p.deleteEntry(i)]),
  name.map((n): Named => [`latest ${n}`, (p) => p.latestEntry(n)]),
  name.map((n): Named => [`list ${n}`, (p) => collect(p.listEntries({ name: n }))]),
  fc.tuple(name, version).map(([n, v]): Named => [`label? ${n} ${v}`, (p) => p.getLabel(n, v)]),
  fc.tuple(name, version).map(([n, v]): Named => [`unlabel ${n} ${v}`, (p) => p.deleteLabel(n, v)]),
  name.map((n): Named => [`latest label ${n}`, (p) => p.latestLabel(n)]),
  fc
    .record({ name: fc.option(name, { nil: undefined }), id: fc.option(id, { nil: undefined }) })
    .map((by): Named => [`labels ${JSON.stringify(by)}`, (p) => collect(p.listLabels(by))]),
  fc
    .tuple(name, fc.constantFrom("1.0.0", "1.0.1"), fc.jsonValue({ maxDepth: 1 }))
    .map(([n, v, json]): Named => [`schema ${n} ${v}`, (p) => p.createSchema({ name: n, version: v, json })]),
  name.map((n): Named => [`schemas ${n}`, (p) => collect(p.listSchemas({ name: n }))]),
);

/** Does the same with both and compares all that comes out, but for times. */
async function agree(provider: IndexProvider, steps: readonly Named[]): Promise<void> {
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
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), async (steps) => {
        await client.flushdb();
        await agree(redisIndex(client), steps);
      }),
      { numRuns: 60 },
    );
    client.disconnect();
  });

  it.skipIf(postgres.missing)(`in Postgres${postgres.missing ?? ""}`, async () => {
    const { url, drop } = await postgres.emptySchema();
    const pool = poolOf(url);
    const provider = postgresIndex(pool);
    await provider.getEntry("none");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), async (steps) => {
        await pool.query("TRUNCATE dataset_entries, schemas, lenses, labels");
        await agree(provider, steps);
      }),
      { numRuns: 40 },
    );
    await pool.end();
    await drop();
  });
});

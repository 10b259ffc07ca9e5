import { AtdataError, isAtdataError } from "../errors.ts";
import { pythonTime } from "../lens/stored-lens.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { Created, StoredSchema } from "../protocols/index-provider.ts";
import { diffSchemas, type SchemaDiff, schemasEqual } from "../schema/compare.ts";
import { schemaFromLocal, schemaToLocal } from "../schema/local-form.ts";
import { checkVersion } from "../schema/names.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { PublishOptions } from "./index-options.ts";
import { findRepo, type IndexParts, requireRepo } from "./index-parts.ts";
import type { RepoSchema } from "./repo-items.ts";
import { byVersion, nextVersion } from "./versions.ts";

/** What publishing a type comes to: the equal one that is held, or the version that it gets. */
type Plan = { readonly held: StoredSchema } | { readonly version: string };

/** How often the next version is looked for while others publish too. */
const MAX_RACES = 100;

/** Stores a type under a version, by default the next one, or gives the equal one that is held. */
export async function publishAs(
  parts: IndexParts,
  type: SampleType,
  options: PublishOptions,
): Promise<Created<RepoSchema>> {
  const { repo = "local", signal } = options;
  const { provider } = await findRepo(parts, repo, `@${repo}`, { signal });
  for (let race = 0; race < MAX_RACES; race++) {
    const plan = await planSchema(parts, type, options);
    if ("held" in plan) return { created: false, held: { ...plan.held, repo } };
    const { version } = plan;
    const json = schemaToLocal(type, { version, createdAt: pythonTime(new Date()) });
    const made = await provider.createSchema({ name: type.name, version, json }, { signal });
    if (made.created || isHeld(parts, made.held, type)) return { ...made, held: { ...made.held, repo } };
    // Somebody was faster: with a version of its own it is a conflict, which the next plan tells.
  }
  throw new AtdataError("INDEX_FAILED", "too many others publish this type", {
    index: provider.name,
    operation: "createSchema",
  });
}

/**
 * Tells what publishing a type under a version would come to, or without one as the next.
 *
 * @throws AtdataError `SCHEMA_CONFLICT`, `SCHEMA_INVALID`.
 */
export async function planSchema(
  parts: IndexParts,
  type: SampleType,
  { repo = "local", version, signal }: PublishOptions,
): Promise<Plan> {
  const { provider } = requireRepo(parts, repo, `@${repo}`);
  if (version !== undefined) {
    checkVersion(version);
    const held = await provider.getSchema(type.name, version, { signal });
    if (held === undefined) return { version };
    if (isHeld(parts, held, type)) return { held };
    throw await conflict(parts, held, type, { repo, signal });
  }
  const stored = await versionsOf(parts, repo, type.name, { signal });
  const held = stored.find((each) => isHeld(parts, each, type));
  if (held !== undefined) return { held };
  const [latest] = stored;
  return { version: latest === undefined ? "1.0.0" : nextVersion(latest.version, stepAfter(parts, latest, type)) };
}

/** Lists the stored versions of a type, the highest first. */
export async function versionsOf(
  parts: IndexParts,
  repo: string,
  name: string,
  options: CallOptions,
): Promise<StoredSchema[]> {
  const { provider } = requireRepo(parts, repo, `@${repo}`);
  const stored: StoredSchema[] = [];
  for await (const each of provider.listSchemas({ ...options, name })) stored.push(each);
  return byVersion(stored);
}

async function conflict(
  parts: IndexParts,
  held: StoredSchema,
  type: SampleType,
  { repo, signal }: PublishOptions & { readonly repo: string },
): Promise<AtdataError> {
  const [latest = held] = await versionsOf(parts, repo, type.name, { signal });
  const there = rebuilt(parts, held);
  const next = nextVersion(latest.version, stepAfter(parts, held, type));
  const change = there === undefined ? "what is stored cannot be read" : describe(diffSchemas(there, type));
  const hint = `version ${next}; the difference: ${change}`;
  const schema = `${held.name}@${held.version}`;
  return new AtdataError("SCHEMA_CONFLICT", "another schema has this name and version", { schema, next }, { hint });
}

function stepAfter(parts: IndexParts, held: StoredSchema, type: SampleType): SchemaDiff["compatibility"] {
  const there = rebuilt(parts, held);
  return there === undefined ? "major" : diffSchemas(there, type).compatibility;
}

function describe({ added, removed, changed }: SchemaDiff): string {
  return [
    ...added.map(({ field, to }) => `+ ${field}: ${to}`),
    ...removed.map(({ field, from }) => `- ${field}: ${from}`),
    ...changed.map(({ field, from, to }) => `${field}: ${from} → ${to}`),
  ].join(", ");
}

function isHeld(parts: IndexParts, held: StoredSchema, type: SampleType): boolean {
  const there = rebuilt(parts, held);
  return there !== undefined && schemasEqual(there, type);
}

/** Rebuilds a type; `undefined` for one that cannot be, such as one that refers to another. */
export function rebuilt({ codecs }: IndexParts, { json }: StoredSchema): SampleType | undefined {
  try {
    return schemaFromLocal(json, { codecs });
  } catch (error) {
    if (isAtdataError(error)) return undefined;
    throw error;
  }
}

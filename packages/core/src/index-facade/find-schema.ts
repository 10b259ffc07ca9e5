import type { CallOptions } from "../protocols/data-source.ts";
import type { StoredSchema } from "../protocols/index-provider.ts";
import { schemaFromLocal } from "../schema/local-form.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";
import type { SchemaOptions } from "./index-options.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import { versionsOf } from "./publish-schema.ts";
import { route } from "./route.ts";
import { isVersionOf, parseVersion } from "./versions.ts";

/** Rebuilds the stored type that a reference names. */
export async function findSchema(
  parts: IndexParts,
  ref: string,
  options: SchemaOptions,
): Promise<SampleType<RawSample> | undefined> {
  const stored = await storedSchema(parts, ref, options.repo, options);
  if (stored === undefined) return undefined;
  return schemaFromLocal(stored.json, { codecs: [...(options.codecs ?? []), ...parts.codecs] });
}

/** Finds the stored type that a reference names, in the repository `home` if it names none. */
export async function storedSchema(
  parts: IndexParts,
  ref: string,
  home: string | undefined,
  { signal }: CallOptions,
): Promise<StoredSchema | undefined> {
  const { repo, name, version, uri } = await route(parts, ref, { type: "schema", home, signal });
  const { provider } = requireRepo(parts, repo, ref);
  if (uri !== undefined) return provider.schemaByRef?.(uri, { signal });
  if (version !== undefined && parseVersion(version) !== undefined) {
    return provider.getSchema(name, version, { signal });
  }
  return (await versionsOf(parts, repo, name, { signal })).find((each) => isVersionOf(each.version, version));
}

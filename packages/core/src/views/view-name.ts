import { createHasher } from "../hasher.ts";
import { typeKey } from "../lens/type-key.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { predicateToJson } from "../predicate/predicate-json.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import { baseName } from "../refs/relative-url.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { WriteOptions } from "../write/write-options.ts";

const HASH_DIGITS = 32;

/** All that a materialised view's content depends on. */
export interface ViewIdentity {
  /** The predicates, of which all must be true. */
  readonly terms: readonly Predicate[];
  readonly type: Pick<SampleType, "name" | "version" | "fields">;
  readonly shards: readonly ShardInfo[];
  /** Name of the format that is written. */
  readonly format: string;
  /** Limits of the shards that are written. */
  readonly options: Pick<WriteOptions, "maxSamples" | "maxShardBytes">;
}

/** Names a view by what it holds. */
export function viewName({ terms, type, shards, format, options }: ViewIdentity): string {
  const { maxSamples = null, maxShardBytes = null } = options;
  const inputs = shards.map(
    ({ url, bytes = null, samples = null, sha256 }) => sha256 ?? [baseName(url), bytes, samples],
  );
  const parts = [predicateToJson(joined(terms)), typeKey(type), inputs, format, maxSamples, maxShardBytes];
  const hasher = createHasher();
  hasher.update(new TextEncoder().encode(JSON.stringify(parts)));
  return `view-${hasher.hex().slice(0, HASH_DIGITS)}`;
}

/** Tells where a view comes from, as JSON; of urls only the names, as the rest may be secret or move. */
export function provenanceOf(terms: readonly Predicate[], shards: readonly ShardInfo[]): object {
  return {
    predicate: predicateToJson(joined(terms)),
    shards: shards.map(({ url, samples, bytes, sha256 }) => ({ name: baseName(url), samples, bytes, sha256 })),
  };
}

function joined(terms: readonly Predicate[]): Predicate {
  return terms.length === 1 ? (terms[0] as Predicate) : { op: "and", terms };
}

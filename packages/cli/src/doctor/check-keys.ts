import { type DataSource, isAtdataError, redactUrl, type ShardInfo, walkShard } from "@atdata/core";
import { wds } from "@atdata/wds/node";
import type { Problem } from "./problem.ts";

/** So many keys are told of a shard. */
const SHOWN = 3;

/**
 * Finds keys that come twice, in one shard or in several.
 *
 * Where samples have several files, a key that comes again in its shard means that the files of samples are interleaved.
 * Memory: the keys of the whole dataset. Shards that cannot be walked are passed over: reading them says why.
 */
export class KeyCheck {
  readonly #source: DataSource;
  readonly #severalFiles: boolean;
  readonly #shardOf: Map<string, number> = new Map();
  readonly #urls: string[] = [];

  /** Starts with no keys; `severalFiles` says whether samples have several files. */
  constructor(source: DataSource, severalFiles: boolean) {
    this.#source = source;
    this.#severalFiles = severalFiles;
  }

  /** Looks at the next shard. */
  async check(shard: ShardInfo, signal: AbortSignal): Promise<Problem[]> {
    const own = this.#urls.push(shard.url) - 1;
    const within = new Set<string>();
    const across = new Map<number, string[]>();
    try {
      for await (const { key } of walkShard({ source: this.#source, format: wds(), shards: [shard] }, 0, signal)) {
        const before = this.#shardOf.get(key);
        if (before === own) within.add(key);
        else if (before === undefined) this.#shardOf.set(key, own);
        else across.set(before, [...(across.get(before) ?? []), key]);
      }
    } catch (error) {
      if (!isAtdataError(error)) throw error;
    }
    const problems: Problem[] = [];
    const tell = (code: string, what: string): void => {
      problems.push({ code, url: shard.url, what, fixable: false });
    };
    if (within.size > 0) {
      const keys = keysText([...within]);
      if (this.#severalFiles) tell("KEYS_INTERLEAVED", `files of samples are not next to each other: ${keys}`);
      else tell("DUPLICATE_KEY", `keys come more than once: ${keys}`);
    }
    for (const [other, keys] of across) {
      tell("DUPLICATE_KEY", `keys come in ${redactUrl(this.#urls[other] as string)} too: ${keysText(keys)}`);
    }
    return problems;
  }
}

function keysText(keys: readonly string[]): string {
  const shown = keys.slice(0, SHOWN).map((key) => JSON.stringify(key));
  const hidden = keys.length - shown.length;
  return hidden === 0 ? shown.join(", ") : `${shown.join(", ")} and ${hidden} more`;
}

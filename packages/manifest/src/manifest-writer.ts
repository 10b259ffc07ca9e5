import {
  AtdataError,
  type Field,
  type PluginWriteContext,
  type PluginWriter,
  type StoredShard,
  type WrittenSample,
} from "@atdata/core";
import { formatHeader, type Provenance } from "./header/format-header.ts";
import { RollupBuilder } from "./rollup/rollup-builder.ts";
import { RowWriter } from "./rows/row-writer.ts";
import { FieldAccumulator } from "./summary/field-accumulator.ts";
import { KeyAccumulator } from "./summary/key-accumulator.ts";
import { manifestFields } from "./summary/manifest-fields.ts";
import type { ManifestField, ShardSummary } from "./summary/shard-summary.ts";

/** What a {@link ManifestWriter} is told besides the write's context. */
export interface ManifestWriterOptions {
  /** Hashes a payload, where rows have hashes: gives 32 bytes. */
  readonly hash?: ((payload: Uint8Array) => Uint8Array) | undefined;
  /** Where the shards come from. */
  readonly provenance?: Provenance | undefined;
  /** Note keys and places only; samples are not looked at. */
  readonly partial?: boolean | undefined;
}

const least64 = -(2n ** 63n);
const most64 = 2n ** 63n - 1n;

/** Follows a write and puts a header and rows beside each shard, and the roll-up at the end. */
export class ManifestWriter implements PluginWriter {
  readonly #context: PluginWriteContext;
  readonly #options: ManifestWriterOptions;
  readonly #fields: readonly ManifestField[];
  readonly #wide: readonly string[];
  readonly #rollup: RollupBuilder;
  #shard: ShardRows;
  #failure: unknown;

  /**
   * Starts following.
   *
   * @throws AtdataError `SCHEMA_INVALID` – a field asks for an impossible kind of summary.
   */
  constructor(context: PluginWriteContext, options: ManifestWriterOptions) {
    this.#context = context;
    this.#options = options;
    this.#fields = options.partial === true ? [] : manifestFields(context.type);
    const { fields } = context.type;
    this.#wide = this.#fields.map(({ name }) => name).filter((name) => holdsInt64(fields[name]));
    this.#rollup = new RollupBuilder(this.#fields);
    this.#shard = new ShardRows(this.#fields, options);
  }

  sample(written: WrittenSample): void {
    const sample = this.#fields.length === 0 ? {} : (written.sample as Readonly<Record<string, unknown>>);
    try {
      for (const name of this.#wide) requireSigned(name, sample[name]);
    } catch (error) {
      // The sample is in the shard already: a manifest without it would be wrong, so the write cannot end well.
      this.#failure ??= error;
      throw error;
    }
    this.#shard.add(written, sample);
  }

  async shardClosed(name: string, stored: StoredShard): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const shard = this.#shard;
    this.#shard = new ShardRows(this.#fields, this.#options);
    const stem = name.replace(/\.tar$/, "");
    const summary = shard.summary(name, stored);
    const { type, store } = this.#context;
    const { provenance, partial } = this.#options;
    const header = formatHeader({
      summary,
      fields: this.#fields,
      type,
      shardId: stem,
      payloadBytes: shard.payloadBytes,
      // Six digits and an offset, as Python writes times.
      createdAt: new Date().toISOString().replace("Z", "000+00:00"),
      provenance,
      partial,
    });
    await store.put(
      `${stem}.manifest.parquet`,
      await shard.rows.finish({ bytes: stored.bytes, sha256: stored.sha256 }),
    );
    await store.put(`${stem}.manifest.json`, new TextEncoder().encode(`${header}\n`));
    this.#rollup.add(summary);
  }

  async finish(): Promise<void> {
    await this.#context.store.put(`${this.#context.dataset}.rollup.parquet`, await this.#rollup.finish());
  }
}

/** What is collected of one shard. */
class ShardRows {
  readonly rows: RowWriter;
  payloadBytes = 0;
  readonly #hash: ManifestWriterOptions["hash"];
  readonly #keys = new KeyAccumulator();
  readonly #fields: readonly FieldAccumulator[];
  #samples = 0;

  constructor(fields: readonly ManifestField[], { hash }: ManifestWriterOptions) {
    this.rows = new RowWriter(fields, hash !== undefined);
    this.#hash = hash;
    this.#fields = fields.map((field) => new FieldAccumulator(field));
  }

  add({ key, offset, size, payload }: WrittenSample, sample: Readonly<Record<string, unknown>>): void {
    this.#samples += 1;
    this.payloadBytes += size;
    this.#keys.add(key);
    for (const accumulator of this.#fields) accumulator.add(sample[accumulator.field.name]);
    this.rows.add({ key, offset, size, sample, sha256: this.#hash?.(payload) });
  }

  summary(url: string, { bytes, sha256 }: StoredShard): ShardSummary {
    const fields = new Map(this.#fields.map((accumulator) => [accumulator.field.name, accumulator.finish()]));
    return { url, samples: this.#samples, bytes, sha256, keys: this.#keys.finish(), fields };
  }
}

function holdsInt64(field: Field | undefined): boolean {
  return field?.kind === "int64" || field?.items?.kind === "int64";
}

/** Parquet's int64 ends at 2^63 − 1, an `int64()` field at 2^64 − 1. */
function requireSigned(field: string, value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) requireSigned(field, item);
  } else if (typeof value === "bigint" && !(value >= least64 && value <= most64)) {
    const hint = "exclude the field from manifests: int64({ manifest: { exclude: true } })";
    const fields = { field, value: String(value) };
    throw new AtdataError("INTEGER_TOO_LARGE", "integer beyond 2^63 − 1 does not fit a manifest", fields, { hint });
  }
}

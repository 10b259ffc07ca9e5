import type { Span, Telemetry } from "../protocols/telemetry.ts";
import { redactUrl } from "../refs/schemes.ts";

/** Reports the reading of shards, one span and two counters a shard. */
export class ShardTrace {
  /** Bytes of the current shard. */
  bytes = 0;
  readonly #telemetry: Telemetry | undefined;
  #span: Span | undefined;

  /** Does nothing without telemetry. */
  constructor(telemetry: Telemetry | undefined) {
    this.#telemetry = telemetry;
  }

  /** Begins a shard. */
  start(url: string): void {
    this.bytes = 0;
    this.#span = this.#telemetry?.span("atdata.read.shard", { shard: redactUrl(url) });
  }

  /** Ends the current shard, when there is one. */
  end(samples: number, error: unknown): void {
    const span = this.#span;
    if (span === undefined) return;
    this.#span = undefined;
    this.#telemetry?.count("atdata.read.bytes", this.bytes);
    this.#telemetry?.count("atdata.read.samples", samples);
    span.end(error);
  }
}

import type { SampleType } from "../schema/sample-type.ts";
import { type Column, columnFor, type Ragged } from "./column.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** How a {@link BatchStage} forms batches. */
export interface BatchPlan {
  /** Samples a batch. */
  readonly size: number;
  /** What becomes of the last batch when it is short. */
  readonly partial: "keep" | "drop";
  /** What becomes of arrays that differ. */
  readonly ragged: Ragged;
  /** The samples' type, when known: says which fields are stacked. */
  readonly type: SampleType | undefined;
}

/** Joins samples into batches. Values are copied as they come, so the upstream may give borrowed memory. */
export class BatchStage implements Stage<Record<string, unknown>> {
  readonly #upstream: Stage<Record<string, unknown>>;
  readonly #plan: BatchPlan;
  #names: readonly string[] = [];
  #columns: Column[] = [];
  #count = 0;
  #state: StageState;

  /** Starts with an empty batch. */
  constructor(upstream: Stage<Record<string, unknown>>, plan: BatchPlan) {
    this.#upstream = upstream;
    this.#plan = plan;
    this.#state = upstream.state();
  }

  pull(): Record<string, unknown> | typeof MORE | typeof END {
    while (this.#count < this.#plan.size) {
      const sample = this.#upstream.pull();
      if (sample === MORE) return MORE;
      if (sample === END) {
        if (this.#count === 0 || this.#plan.partial === "drop") return END;
        return this.#finish();
      }
      if (this.#count === 0) this.#begin(sample);
      const names = this.#names;
      for (let i = 0; i < names.length; i++) (this.#columns[i] as Column).add(sample[names[i] as string]);
      this.#count += 1;
    }
    return this.#finish();
  }

  wait(): Promise<void> {
    return this.#upstream.wait();
  }

  state(): StageState {
    return this.#state;
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  #begin(sample: Record<string, unknown>): void {
    const { type, size, ragged } = this.#plan;
    this.#names = type === undefined ? Object.keys(sample) : Object.keys(type.fields);
    this.#columns = this.#names.map((name) => columnFor(name, type, sample[name], size, ragged));
  }

  #finish(): Record<string, unknown> {
    const batch: Record<string, unknown> = {};
    this.#names.forEach((name, i) => {
      batch[name] = (this.#columns[i] as Column).finish();
    });
    this.#columns = [];
    this.#count = 0;
    this.#state = this.#upstream.state();
    return batch;
  }
}

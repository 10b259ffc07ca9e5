import type { SampleType } from "../schema/sample-type.ts";
import { type Column, columnFor, listColumn, type Ragged } from "./column.ts";
import { setOwn } from "./detach.ts";
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

type Fields = Record<string, unknown>;

/**
 * Joins samples into batches. Values are copied as they come, so the upstream may give borrowed memory.
 *
 * Untyped samples may differ in their fields: a batch has those of all its samples, with `undefined` where one lacks
 * it.
 */
export class BatchStage implements Stage<Fields> {
  readonly #upstream: Stage<unknown>;
  readonly #plan: BatchPlan;
  #names: string[] = [];
  #columns: Column[] = [];
  #count = 0;
  #state: StageState;

  /** Starts with an empty batch. */
  constructor(upstream: Stage<unknown>, plan: BatchPlan) {
    this.#upstream = upstream;
    this.#plan = plan;
    this.#state = upstream.state();
  }

  pull(): Fields | typeof MORE | typeof END {
    while (this.#count < this.#plan.size) {
      const value = this.#upstream.pull();
      if (value === MORE) return MORE;
      if (value === END) {
        if (this.#count === 0 || this.#plan.partial === "drop") return END;
        return this.#finish();
      }
      const sample = value as Fields;
      if (this.#count === 0) this.#begin(sample);
      if (this.#plan.type === undefined) this.#widen(sample);
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

  #begin(sample: Fields): void {
    const { type, size, ragged } = this.#plan;
    this.#names = type === undefined ? [] : Object.keys(type.fields);
    this.#columns = this.#names.map((name) => columnFor(name, type, sample[name], size, ragged));
  }

  /** Adds columns for the fields that no sample of the batch has had yet. */
  #widen(sample: Fields): void {
    if (typeof sample !== "object" || sample === null) {
      throw new TypeError(`batch joins samples with fields, got ${sample === null ? "null" : typeof sample}`);
    }
    for (const name of Object.keys(sample)) {
      if (this.#names.includes(name)) continue;
      const { size, ragged } = this.#plan;
      const late = this.#count > 0;
      this.#names.push(name);
      this.#columns.push(
        late ? listColumn(new Array(this.#count)) : columnFor(name, undefined, sample[name], size, ragged),
      );
    }
  }

  #finish(): Fields {
    const batch: Fields = {};
    this.#names.forEach((name, i) => {
      setOwn(batch, name, (this.#columns[i] as Column).finish());
    });
    this.#columns = [];
    this.#count = 0;
    this.#state = this.#upstream.state();
    return batch;
  }
}

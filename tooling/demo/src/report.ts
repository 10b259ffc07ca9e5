import { type Progress, progressBar } from "./progress.ts";

/** What one step of the demo did. */
export interface Done {
  readonly samples: number;
  /** Bytes read or written, where that says something. */
  readonly bytes?: number;
}

const number = new Intl.NumberFormat("en");

/** Prints one aligned line for each step, with its time and rate. */
export class Report {
  #steps = 0;

  header(): void {
    this.#line("step", "samples", "size", "time", "samples/s");
    console.log(`  ${"─".repeat(76)}`);
  }

  /**
   * Runs a step and prints its line; `work` may move the bar.
   *
   * Making the input of a step and checking its result is not part of its time: do it outside.
   */
  async step<T extends Done>(title: string, total: number, work: (bar: Progress) => Promise<T> | T): Promise<T> {
    const bar = progressBar(title, total);
    bar.show(0);
    const begun = performance.now();
    let done: T;
    try {
      done = await work(bar);
    } finally {
      bar.clear();
    }
    const seconds = (performance.now() - begun) / 1000;
    const { samples, bytes } = done;
    const rate = samples > 1 ? number.format(Number((samples / seconds).toPrecision(3))) : "";
    this.#line(title, number.format(samples), bytes === undefined ? "" : size(bytes), time(seconds), rate);
    this.#steps += 1;
    return done;
  }

  get steps(): number {
    return this.#steps;
  }

  #line(title: string, samples: string, bytes: string, took: string, rate: string): void {
    const columns = [samples.padStart(9), bytes.padStart(10), took.padStart(10), rate.padStart(12)];
    console.log(`  ${title.padEnd(35)}${columns.join("")}`.trimEnd());
  }
}

/** Bytes as a person reads them: 1 MB is a million. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function time(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`;
}

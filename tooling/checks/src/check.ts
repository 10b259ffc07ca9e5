import type { Packed } from "./packed.ts";
import type { Repo } from "./repo.ts";

/** What a check found: nothing in `problems` is a pass. */
export interface Outcome {
  readonly problems: readonly string[];
  /** What was looked at, in a few words, so that a check that looked at nothing shows. */
  readonly detail: string;
}

/** One line of `npm run check`. */
export interface Check {
  readonly name: string;
  run(repo: Repo, packed: () => Promise<Packed>): Outcome | Promise<Outcome>;
}

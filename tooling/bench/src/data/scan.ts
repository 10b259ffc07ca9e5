import { event } from "./events.ts";

/** What the score of an event must be above, in the queries that scan. */
export const LEAST = 0.99;

/** How many of the first `count` events are of label 7 and score above that: one in a thousand. */
export function matches(count: number): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const { label, score } = event(i);
    if (label === 7 && score > LEAST) found += 1;
  }
  return found;
}

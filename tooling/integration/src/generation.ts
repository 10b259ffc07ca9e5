import { type Numbered, numbered } from "./numbers.ts";

/** The samples of generation `g` of a dataset: of another number and content than those of its neighbours. */
export function generation(g: number): Numbered[] {
  return numbered(200 + (g % 7) * 30, { first: g * 1000, length: 300 });
}

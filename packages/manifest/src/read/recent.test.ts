import { expect, it } from "vitest";
import { Recent } from "./recent.ts";

it("makes a value once and forgets those that were not used the longest when all weigh too much", async () => {
  const made: string[] = [];
  const recent = new Recent<string, number>(10, (weight) => weight);
  const get = (key: string, weight: number): Promise<number> =>
    recent.get(key, async () => {
      made.push(key);
      return weight;
    });
  await Promise.all([get("a", 4), get("a", 4), get("b", 4)]);
  await get("a", 4);
  await get("c", 4);
  expect(recent.peek("b")).toBeUndefined();
  await get("a", 4);
  expect(made).toEqual(["a", "b", "c"]);
  await get("heavy", 100);
  expect(recent.peek("a")).toBeUndefined();
  expect(await recent.peek("heavy")).toBe(100);
});

it("does not keep what fails", async () => {
  const recent = new Recent<string, number>(10, () => 1);
  await expect(recent.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await recent.get("a", async () => 1)).toBe(1);
});

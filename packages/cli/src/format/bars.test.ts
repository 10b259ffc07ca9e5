import { expect, test } from "vitest";
import { drawBars, fitBars, wholeBars } from "./bars.ts";

test("the largest count is a whole block, the smallest a thin one, and none a space", () => {
  expect(drawBars([0, 1, 4, 8])).toBe(" ▁▄█");
  expect(drawBars([1, 1_000_000])).toBe("▁█");
  expect(drawBars([0, 0])).toBe("  ");
  expect(drawBars([])).toBe("");
});

test("more bars than there is room for are joined, and none is lost", () => {
  expect(fitBars([1, 2, 3, 4, 5], 2)).toEqual([6, 9]);
  expect(fitBars([1, 2], 8)).toEqual([1, 2]);
});

test("whole numbers have a bar each, however many bars there are between them", () => {
  const counts = Array.from({ length: 20 }, () => 0);
  for (let value = 0; value <= 9; value++) counts[Math.min(19, Math.floor(value / 0.45))] = value + 1;
  expect(wholeBars(counts, 0, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(wholeBars([1, 2], 0, 9)).toEqual([1, 2]);
});

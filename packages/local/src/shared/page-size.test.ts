import { expect, it } from "vitest";
import { nextPage } from "./page-size.ts";

it("asks for about four MiB at once, but for one thing at least and a thousand at most", () => {
  expect(nextPage(200, 200 * 8192)).toBe(512);
  expect(nextPage(200, 200 * 2 ** 30)).toBe(1);
  expect(nextPage(200, 0)).toBe(1000);
});

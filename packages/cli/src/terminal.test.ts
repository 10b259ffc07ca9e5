import { expect, test } from "vitest";
import { wantsColor } from "./terminal.ts";

test("wantsColor looks at the stream, and before that at what the user says", () => {
  expect(wantsColor({ isTTY: true }, {})).toBe(true);
  expect(wantsColor({}, {})).toBe(false);
  expect(wantsColor({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(wantsColor({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(wantsColor({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
  expect(wantsColor({}, { FORCE_COLOR: "3" })).toBe(true);
  expect(wantsColor({ isTTY: true }, { FORCE_COLOR: "0" })).toBe(false);
  expect(wantsColor({}, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
});

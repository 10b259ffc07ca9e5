import fc from "fast-check";
import { expect, test } from "vitest";
import { plainText, quote } from "./text.ts";

test("plainText leaves text alone and escapes what a terminal would obey", () => {
  expect(plainText('grüße 😀 \\ "')).toBe('grüße 😀 \\ "');
  expect(plainText("\x1b[31m\x00\x7f\x9b\u202e\ud800\n")).toBe("\\u001b[31m\\u0000\\u007f\\u009b\\u202e\\ud800\\u000a");
});

test("quote gives short text whole, in one line", () => {
  expect(quote('hé\n"x"', 20)).toBe('"hé\\n"x""');
  expect(quote("😀".repeat(5), 5)).toBe(`"${"😀".repeat(5)}"`);
});

test("quote cuts between characters and tells the length", () => {
  expect(quote("😀".repeat(6), 5)).toBe(`"${"😀".repeat(5)}…" (12 characters)`);
});

test("no text of any kind gets a control character through", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(30), (text, width) => {
      for (const shown of [plainText(text), quote(text, width)]) expect(shown).not.toMatch(/\p{Cc}|\p{Surrogate}/u);
    }),
  );
});

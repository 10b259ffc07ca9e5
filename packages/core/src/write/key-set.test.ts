import { expect, it } from "vitest";
import { KeySet } from "./key-set.ts";

it("finds a repeated key among many, and no other", () => {
  const keys = new KeySet();
  for (let i = 0; i < 50_000; i++) keys.add(`key-${i}`);
  for (let i = 0; i < 50_000; i += 997) {
    expect(() => keys.add(`key-${i}`)).toThrow(expect.objectContaining({ code: "DUPLICATE_KEY" }));
  }
  keys.add("key-50000");
});

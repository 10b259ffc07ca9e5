import { expect, test } from "vitest";
import { memoryFormat } from "../formats/memory-format.ts";
import { sample } from "../schema/sample.ts";
import { int } from "../schema/scalar-fields.ts";
import { memoryStore } from "../stores/memory-store.ts";
import { createIndex } from "./create-index.ts";
import { memoryIndex } from "./memory-index.ts";

test("samples that are written by name have the keys that are given, or running numbers", async () => {
  const Digit = sample("Digit", { label: int() });
  const local = { provider: memoryIndex(), store: memoryStore() };
  const index = createIndex({ repos: { local }, formats: [memoryFormat()] });
  const digits = [{ label: 7 }, { label: 1 }, { label: 2 }];
  const key = ({ label }: { readonly label: number }) => (label === 1 ? undefined : `n${label}`);
  await index.write("digits", Digit, digits, { key });
  const keys: string[] = [];
  for await (const entry of (await index.load("digits")).entries()) keys.push(entry.key);
  expect(keys).toEqual(["n7", "000000000", "n2"]);
});

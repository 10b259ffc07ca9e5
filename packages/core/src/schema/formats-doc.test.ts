import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { schemasEqual } from "./compare.ts";
import { dict, optional } from "./container-fields.ts";
import { schemaToLocal } from "./local-form.ts";
import { ndarray } from "./ndarray-field.ts";
import { schemaToRecord } from "./record-form.ts";
import { sample } from "./sample.ts";
import { float, int64, str } from "./scalar-fields.ts";
import { schemaFromJson } from "./schema-from-json.ts";

it("the documented schemas are what is written, and read back equal", () => {
  const text = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
  const section = text.split("\n## ").find((part) => part.startsWith("Schemas: the keys of ours")) ?? "";
  const [local, record] = [...section.matchAll(/```json\n(.*?)```/gs)].map((match) => JSON.parse(match[1] as string));
  const type = sample(
    "Shot",
    {
      note: optional(str()),
      image: ndarray("uint8", [null, 28]),
      id: int64({ description: "Running number." }),
      scores: dict(float(), { manifest: { exclude: true } }),
    },
    { version: "1.0.0", description: "One shot." },
  );
  const createdAt = "2026-02-03T04:05:06.123456+00:00";
  expect(JSON.stringify(schemaToLocal(type, { createdAt }))).toBe(JSON.stringify(local));
  expect(JSON.stringify(schemaToRecord(type, { createdAt }))).toBe(JSON.stringify(record));
  for (const json of [local, record]) expect(schemasEqual(schemaFromJson(json), type)).toBe(true);
});

import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { NdArray } from "../ndarray/ndarray.ts";
import { ndarray } from "./ndarray-field.ts";
import { sampleFrom } from "./sample-from.ts";
import type { Infer } from "./sample-type.ts";
import { bytes, int, str } from "./scalar-fields.ts";

const schema = z.object({
  image: z.custom<NdArray<"uint8">>(),
  raw: z.instanceof(Uint8Array),
  count: z.number().default(1),
  note: z.string().optional(),
});

// Samples are the schema's output, and given fields hold what the schema holds.
const type = sampleFrom(schema, { name: "A", fields: { image: ndarray("uint8"), raw: bytes(), note: str() } });
expectTypeOf<Infer<typeof type>>().toEqualTypeOf<z.output<typeof schema>>();
expectTypeOf<Infer<typeof type>["count"]>().toEqualTypeOf<number>();

// @ts-expect-error an array of another dtype
sampleFrom(schema, { name: "A", fields: { image: ndarray("float32") } });
// @ts-expect-error a field of another kind
sampleFrom(schema, { name: "A", fields: { note: int() } });
// @ts-expect-error a field that the schema has not
sampleFrom(schema, { name: "A", fields: { more: int() } });
// @ts-expect-error a sample is an object
sampleFrom(z.string(), { name: "A" });

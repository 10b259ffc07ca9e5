import { AtdataError } from "../errors.ts";
import { codecMethods } from "./codec-methods.ts";
import type { Fields, InferFields } from "./field.ts";
import { standardJsonSchema } from "./json-schema-form.ts";
import { checkName, checkVersion } from "./names.ts";
import { createSampleCodec } from "./sample-codec.ts";
import type { SampleType } from "./sample-type.ts";
import { inheritedAs } from "./write-error.ts";

/** Settings of a sample type. */
export interface SampleOptions {
  /** Version `a.b.c`. */
  readonly version?: string | undefined;
  /** What the samples are. */
  readonly description?: string | undefined;
}

/**
 * Declares a sample type: a name and its fields, in the order in which they are written.
 *
 * @param name - An identifier that is no Python keyword, so that Python can rebuild the type.
 * @throws {@link AtdataError} `SCHEMA_INVALID` – a name that is not one, no fields, or a version that is not `a.b.c`.
 * @example
 * ```ts
 * import { type Infer, int, ndarray, optional, sample, str } from "@atdata/core";
 * const Digit = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int(), note: optional(str()) });
 * type Digit = Infer<typeof Digit>; // { image: NdArray<"uint8">; label: number; note?: string | undefined }
 * ```
 */
export function sample<const F extends Fields>(
  name: string,
  fields: F,
  options: SampleOptions = {},
): SampleType<InferFields<F>> {
  checkName(name, "type");
  const names = Object.keys(fields);
  if (names.length === 0) throw new AtdataError("SCHEMA_INVALID", `type ${name} has no fields`, {});
  for (const fieldName of names) checkName(fieldName, "field");
  if (options.version !== undefined) checkVersion(options.version);
  return createSampleType<InferFields<F>>(name, fields, options);
}

/** Builds a sample type without checking names: for types that are inferred from what others wrote. */
export function createSampleType<S>(name: string, fields: Fields, options: SampleOptions = {}): SampleType<S> {
  const codec = createSampleCodec<S>(name, fields);
  const entries = Object.entries(fields);
  const is = (value: unknown): value is S => {
    if (typeof value !== "object" || value === null) return false;
    const record = value as Record<string, unknown>;
    for (const key in record) if (!Object.hasOwn(fields, key) && record[key] !== undefined) return false;
    return entries.every(([key, field]) => {
      const item = record[key];
      return item === inheritedAs(key) || item === undefined || item === null ? field.optional : field.codec.is(item);
    });
  };
  return Object.freeze<SampleType<S>>({
    name,
    version: options.version,
    description: options.description,
    fields: Object.freeze({ ...fields }),
    ...codecMethods(codec),
    is,
    "~standard": {
      version: 1,
      vendor: "atdata",
      validate: (value) => {
        if (is(value)) return { value };
        const problems = codec.problems(value);
        return { issues: problems.length > 0 ? problems : [{ message: "not a sample" }] };
      },
      jsonSchema: standardJsonSchema({ name, description: options.description, fields }),
    },
  });
}

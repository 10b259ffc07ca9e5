import type { SampleCodec } from "../codec/sample-codec.ts";
import { AtdataError } from "../errors.ts";
import { codecMethods } from "./codec-methods.ts";
import type { Field } from "./field.ts";
import { invalidSchema, isJsonObject, type Json, own } from "./invalid-schema.ts";
import { readObjectSchema } from "./json-schema.ts";
import { describeValue, Problems } from "./problems.ts";
import { sample } from "./sample.ts";
import type { RawSample, SampleType } from "./sample-type.ts";
import type { StandardIssue, StandardResult, StandardSchema } from "./standard-schema.ts";

/** The field of a value, whatever memory its bytes lie in. */
export type GivenField<T> = [T] extends [Uint8Array] ? Field<Uint8Array> : Field<T>;

/** Settings of {@link sampleFrom}. */
export interface SampleFromOptions<S> {
  /** Name of the type. */
  readonly name: string;
  /** Version `a.b.c`. */
  readonly version?: string | undefined;
  /** What the samples are; the schema's own description when left out. */
  readonly description?: string | undefined;
  /** Fields that JSON Schema has no words for: arrays, bytes, bigints. */
  readonly fields?: { readonly [K in keyof S]?: GivenField<NonNullable<S[K]>> } | undefined;
  /** The schema's JSON Schema, where the library gives it apart from the schema. */
  readonly jsonSchema?: object | undefined;
}

/**
 * Builds a sample type from a schema of zod, valibot, ArkType or any other library that speaks Standard Schema.
 *
 * The fields come from the schema's JSON Schema; samples are validated when written and when read. The type's samples are the
 * schema's output, so what it transforms must also be valid input. Validation must not be asynchronous.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – no JSON Schema, or a property that no field can hold: give it in `fields`.
 * @example
 * ```ts
 * import { ndarray, sampleFrom, type NdArray } from "@atdata/core";
 * import { z } from "zod";
 * const schema = z.object({ image: z.custom<NdArray<"uint8">>(), label: z.int().max(9) });
 * const Digit = sampleFrom(schema, { name: "Digit", fields: { image: ndarray("uint8", [28, 28]) } });
 * ```
 */
export function sampleFrom<S extends object>(schema: StandardSchema<S>, options: SampleFromOptions<S>): SampleType<S> {
  const json = jsonSchemaOf(schema, options);
  const given = (options.fields ?? {}) as Readonly<Record<string, Field>>;
  const properties = own(json, "properties");
  for (const name of Object.keys(given)) {
    if (!isJsonObject(properties) || !Object.hasOwn(properties, name))
      throw invalidSchema("schema has no such field", name);
  }
  const fields = readObjectSchema(json, { record: false, given });
  const described = own(json, "description");
  const base = sample(options.name, fields, {
    version: options.version,
    description: options.description ?? (typeof described === "string" ? described : undefined),
  });
  const codec = validatedCodec<S>(base, schema, requiredNames(json));
  return Object.freeze<SampleType<S>>({
    ...base,
    ...codecMethods(codec),
    is: (value): value is S => base.is(value) && check(schema, value).issues === undefined,
    "~standard": {
      version: 1,
      vendor: "atdata",
      validate: (value) => schema["~standard"].validate(value),
      jsonSchema: base["~standard"].jsonSchema,
    },
  });
}

function jsonSchemaOf<S>(schema: StandardSchema<S>, options: SampleFromOptions<S>): Json {
  const { vendor, jsonSchema } = schema["~standard"];
  if (options.jsonSchema !== undefined) return options.jsonSchema as Json;
  if (jsonSchema === undefined) {
    const hint = "pass it as jsonSchema; for valibot, toJsonSchema(schema) of @valibot/to-json-schema";
    throw invalidSchema(`the schema of ${vendor} does not give its JSON Schema`, undefined, hint);
  }
  // zod gives up on the whole for one property that it has no words for; those may be among `fields`.
  const libraryOptions = vendor === "zod" ? { unrepresentable: "any" } : undefined;
  try {
    return jsonSchema.output({ target: "draft-2020-12", libraryOptions });
  } catch (cause) {
    const extras = { cause, hint: "pass a JSON Schema as jsonSchema" };
    throw new AtdataError("SCHEMA_INVALID", `the schema of ${vendor} has no JSON Schema`, {}, extras);
  }
}

function requiredNames(json: Json): ReadonlySet<unknown> {
  const required = own(json, "required");
  return new Set(Array.isArray(required) ? required : []);
}

function validatedCodec<S>(
  base: SampleType<RawSample>,
  schema: StandardSchema<S>,
  required: ReadonlySet<unknown>,
): SampleCodec<S> {
  const absent = Object.keys(base.fields).filter((name) => base.fields[name]?.optional);
  const validate = (value: unknown): S => {
    const result = check(schema, value);
    if (result.issues === undefined) return result.value;
    throw mismatch(base.name, value, result.issues);
  };
  return {
    read(cursor, options) {
      const value = base.codec.read(cursor, options);
      for (const name of absent) {
        if (value[name] !== undefined) continue;
        // Nil is null for a schema that wants the key, and no key for one that does not.
        if (required.has(name)) value[name] = null;
        else delete value[name];
      }
      return validate(value);
    },
    write(out, value, options) {
      const valid = validate(value) as RawSample;
      if (options?.extra !== "ignore") refuseExtra(base, value as RawSample);
      base.codec.write(out, valid, options);
    },
  };
}

/** Validators drop what they do not know: that is found here instead. */
function refuseExtra(base: SampleType<RawSample>, value: RawSample): void {
  const problems = new Problems();
  for (const key in value) {
    if (!Object.hasOwn(base.fields, key) && value[key] !== undefined) problems.extra.push(key);
  }
  if (problems.any) throw problems.error(base.name);
}

function check<S>(schema: StandardSchema<S>, value: unknown): StandardResult<S> {
  let result: StandardResult<S> | Promise<StandardResult<S>>;
  try {
    result = schema["~standard"].validate(value);
  } catch (error) {
    return { issues: [{ message: `a value that can be checked (${error instanceof Error ? error.message : "?"})` }] };
  }
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw invalidSchema("schema validates asynchronously", undefined, "leave asynchronous checks out of sample types");
}

function mismatch(type: string, value: unknown, issues: readonly StandardIssue[]): AtdataError {
  const problems = new Problems();
  for (const { message, path = [] } of issues) {
    const keys = path.map((part) => (typeof part === "object" ? part.key : part));
    let found = value;
    for (const key of keys) found = isJsonObject(found) || Array.isArray(found) ? Reflect.get(found, key) : undefined;
    const [field = type, ...inner] = keys.map((key) => (typeof key === "number" ? key : String(key)));
    problems.addMistyped([String(field), ...inner], message, describeValue(found));
  }
  return problems.error(type);
}

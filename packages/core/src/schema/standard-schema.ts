/** A type that speaks the Standard Schema interface, version 1 (standardschema.dev): zod, valibot, ArkType and ours. */
export interface StandardSchema<Output = unknown> {
  /** The interface's properties. */
  readonly "~standard": StandardProps<Output>;
}

/** What stands under `~standard`. */
export interface StandardProps<Output = unknown> {
  /** The interface's version. */
  readonly version: 1;
  /** Who made the schema. */
  readonly vendor: string;
  /** Checks a value. */
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** Describes the values as JSON Schema, where the library does (Standard JSON Schema). */
  readonly jsonSchema?: StandardJsonSchema | undefined;
  /** The types that inference reads. */
  readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
}

/** A checked value, or what is wrong with it. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong. */
export interface StandardIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Describes the values of a schema as JSON Schema. */
export interface StandardJsonSchema {
  /** Describes what validation takes; throws for what JSON Schema has no words for. */
  readonly input: (options: StandardJsonSchemaOptions) => Record<string, unknown>;
  /** Describes what validation gives; throws for what JSON Schema has no words for. */
  readonly output: (options: StandardJsonSchemaOptions) => Record<string, unknown>;
}

/** How JSON Schema is to be written. */
export interface StandardJsonSchemaOptions {
  /** The draft, such as `"draft-2020-12"`. */
  readonly target: string;
  /** What only one library knows. */
  readonly libraryOptions?: Record<string, unknown> | undefined;
}

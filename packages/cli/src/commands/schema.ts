import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addSchemaCheck } from "./schema-check.ts";
import { addSchemaCodegen } from "./schema-codegen.ts";
import { addSchemaDiff } from "./schema-diff.ts";
import { addSchemaInfer } from "./schema-infer.ts";
import { addSchemaShow } from "./schema-show.ts";

/** Adds the commands about sample types. */
export function addSchema(program: Command, terminal: Terminal): void {
  const schema = program.command("schema").description("show, infer, compare and declare sample types");
  addSchemaShow(schema, terminal);
  addSchemaInfer(schema, terminal);
  addSchemaDiff(schema, terminal);
  addSchemaCheck(schema, terminal);
  addSchemaCodegen(schema, terminal);
}

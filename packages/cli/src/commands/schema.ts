import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addSchemaCheck } from "./schema-check.ts";
import { addSchemaCodegen } from "./schema-codegen.ts";
import { addSchemaDiff } from "./schema-diff.ts";
import { addSchemaInfer } from "./schema-infer.ts";
import { addSchemaList } from "./schema-list.ts";
import { addSchemaPublish } from "./schema-publish.ts";
import { addSchemaShow } from "./schema-show.ts";

/** Adds the commands about sample types. */
export function addSchema(program: Command, terminal: Terminal): void {
  const schema = program.command("schema").description("show, infer, compare, declare and store sample types");
  addSchemaShow(schema, terminal);
  addSchemaInfer(schema, terminal);
  addSchemaDiff(schema, terminal);
  addSchemaCheck(schema, terminal);
  addSchemaCodegen(schema, terminal);
  addSchemaPublish(schema, terminal);
  addSchemaList(schema, terminal);
}

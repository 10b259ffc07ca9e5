import { AtdataError } from "@atdata/core";
import { jsonToLex, type LexiconDoc, Lexicons, type ValidationError } from "@atproto/lexicon";
import type { JsonRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "./collections.ts";
import { modelProblem } from "./data-model.ts";
import { inPresentForm } from "./earlier-forms.ts";
import { LEXICONS } from "./lexicons.ts";
import { limitProblem } from "./more-limits.ts";
import { formatPath, isJsonObject, type Problem } from "./problem.ts";

let compiled: Lexicons | undefined;

function openLexicons(): Lexicons {
  compiled ??= new Lexicons(LEXICONS.map((text): LexiconDoc => JSON.parse(text)));
  return compiled;
}

/**
 * Checks a record by the lexicon of its collection.
 *
 * What a lexicon leaves open stays open: members that it does not name, other storages, other languages and methods.
 * A record that is about to be written (no `uri`) has to obey every limit. One that was read may have an earlier form: an entry's
 * metadata as an object, a schema in an envelope; and patterns, and types and sizes of blobs, are not held against it.
 *
 * @param value - JSON as XRPC carries it: bytes as `$bytes`, with or without padding, links as `$link`.
 * @param uri - Where the record was read.
 * @throws {@link AtdataError} `RECORD_INVALID` – with the first `field` that is wrong, and `uri`.
 * @throws TypeError – if no lexicon describes records of that collection.
 */
export function checkRecord(collection: string, value: JsonRecord, uri?: string): void {
  const lexicons = openLexicons();
  if (lexicons.getDef(collection)?.type !== "record")
    throw new TypeError(`no lexicon describes records of ${collection}`);
  const problem = recordProblem(lexicons, collection, value, uri !== undefined);
  if (problem === undefined) return;
  const field = formatPath(problem.path);
  const clause = `${field === "" ? "record" : field} ${problem.rule}`;
  throw new AtdataError("RECORD_INVALID", clause, { collection, field, ...(uri !== undefined && { uri }) });
}

function recordProblem(lexicons: Lexicons, collection: string, given: unknown, wasRead: boolean): Problem | undefined {
  if (!isJsonObject(given)) return { path: [], rule: "must be an object" };
  const problem = modelProblem(given);
  if (problem !== undefined) return problem;
  if (given.$type !== collection) return { path: ["$type"], rule: `must be ${collection}` };
  const value = wasRead ? inPresentForm(collection, given) : given;
  return (
    validatorProblem(lexicons, collection, value) ??
    (collection === COLLECTIONS.entry ? storageProblem(lexicons, value.storage) : undefined) ??
    (wasRead ? undefined : limitProblem(lexicons, lexicons.getDefOrThrow(collection), value))
  );
}

/** A storage that has a lexicon is checked by it though entries that are written now do not name it. */
function storageProblem(lexicons: Lexicons, storage: unknown): Problem | undefined {
  const type = "science.alt.dataset.storageExternal";
  if (!isJsonObject(storage) || storage.$type !== type) return undefined;
  const problem = validatorProblem(lexicons, type, storage);
  return problem && { ...problem, path: ["storage", ...problem.path] };
}

function validatorProblem(lexicons: Lexicons, id: string, value: JsonRecord): Problem | undefined {
  const result = lexicons.validate(id, jsonToLex(value));
  return result.success ? undefined : problemOf(result.error);
}

/** Reads the path out of the validator's message, which is `Record/storage/blobs/0 must …`. */
function problemOf({ message }: ValidationError): Problem {
  const [, place = "", rule = ""] = /^(?:Record|Object)(\S*) (.*)$/s.exec(message) ?? ["", "", message];
  const path = place
    .split("/")
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const missing = /^must have the property "(.*)"$/.exec(rule)?.[1];
  if (missing !== undefined) return { path: [...path, missing], rule: "is missing" };
  // It counts UTF-8, and calls that characters.
  return { path, rule: rule.replace(/ characters$/, " bytes") };
}

import { AtdataError } from "../errors.ts";
import type { Predicate, PredicateValue } from "./predicate.ts";
import { valueFromJson, valueToJson } from "./value-json.ts";

/** The JSON form of a predicate, as `docs/formats.md` specifies it. */
export interface PredicateJson {
  /** `atdata.predicate/1`. */
  readonly format: string;
  /** The tree, its values in JSON form. */
  readonly where: unknown;
}

const FORMAT = "atdata.predicate/1";
const MAX_DEPTH = 64;
const MAX_ITEMS = 1_000_000;

/**
 * Writes a predicate as JSON that loses nothing: large integers, bytes, NaN and infinities are tagged.
 *
 * @throws AtdataError `PREDICATE_INVALID` – nested deeper than 64, which no reader accepts.
 * @example
 * ```ts
 * import { predicateToJson } from "@atdata/core";
 * predicateToJson({ op: "=", field: "id", value: 2n ** 60n }).where;
 * // -> { op: "=", field: "id", value: { $int: "1152921504606846976" } }
 * ```
 */
export function predicateToJson(predicate: Predicate): PredicateJson {
  return { format: FORMAT, where: predicateTree(predicate) };
}

/** Writes the tree of a predicate, without the format's name and version. */
export function predicateTree(p: Predicate, depth = 0): object {
  if (depth > MAX_DEPTH) {
    throw new AtdataError(
      "PREDICATE_INVALID",
      `predicate is nested deeper than ${MAX_DEPTH}`,
      {},
      { hint: "one flat and/or" },
    );
  }
  switch (p.op) {
    case "and":
    case "or":
      return { op: p.op, terms: p.terms.map((term) => predicateTree(term, depth + 1)) };
    case "not":
      return { op: p.op, term: predicateTree(p.term, depth + 1) };
    case "isNull":
      return { op: p.op, field: p.field };
    case "between":
      return { op: p.op, field: p.field, low: valueToJson(p.low), high: valueToJson(p.high) };
    case "in":
    case "containsAny":
    case "containsAll":
      return { op: p.op, field: p.field, values: p.values.map(valueToJson) };
    default:
      return { op: p.op, field: p.field, value: valueToJson(p.value) };
  }
}

/**
 * Reads a predicate from its JSON form.
 *
 * Limits: 64 levels, a million nodes and values. Unknown keys are refused, because leaving out what they mean would
 * change which samples match.
 *
 * @throws AtdataError `FORMAT_TOO_NEW` – a later major version.
 * @throws AtdataError `FORMAT_INVALID` – anything else that is not such a document; the message names the place.
 */
export function predicateFromJson(json: unknown): Predicate {
  const document = record(json, "");
  const format = document.format;
  const version = typeof format === "string" ? /^atdata\.predicate\/(\d+)(?:\.\d+)*$/.exec(format)?.[1] : undefined;
  if (version === undefined) throw invalid("not a predicate document", "format");
  if (version !== "1") {
    const fields = { format: "atdata.predicate", found: String(format), supported: FORMAT };
    throw new AtdataError("FORMAT_TOO_NEW", "predicate format is not supported", fields, {
      hint: "update @atdata/core",
    });
  }
  return new Reader().node(document.where, "where", 0);
}

class Reader {
  #items = 0;

  node(json: unknown, at: string, depth: number): Predicate {
    this.#count(at);
    if (depth > MAX_DEPTH) throw invalid(`nested deeper than ${MAX_DEPTH}`, at);
    const node = record(json, at);
    const op = node.op;
    switch (op) {
      case "and":
      case "or": {
        only(node, at, "terms");
        return { op, terms: list(node.terms, `${at}.terms`, (term, i) => this.node(term, i, depth + 1)) };
      }
      case "not":
        only(node, at, "term");
        return { op, term: this.node(node.term, `${at}.term`, depth + 1) };
      case "isNull":
        only(node, at, "field");
        return { op, field: text(node.field, `${at}.field`) };
      case "between":
        only(node, at, "field", "low", "high");
        return {
          op,
          field: text(node.field, `${at}.field`),
          low: this.#value(node.low, `${at}.low`),
          high: this.#value(node.high, `${at}.high`),
        };
      case "in":
      case "containsAny":
      case "containsAll": {
        only(node, at, "field", "values");
        const values = list(node.values, `${at}.values`, (value, i) => this.#value(value, i));
        return { op, field: text(node.field, `${at}.field`), values };
      }
      case "startsWith":
        only(node, at, "field", "value");
        return { op, field: text(node.field, `${at}.field`), value: text(node.value, `${at}.value`) };
      case "=":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
      case "contains":
        only(node, at, "field", "value");
        return { op, field: text(node.field, `${at}.field`), value: this.#value(node.value, `${at}.value`) };
      default:
        throw invalid("unknown operator", `${at}.op`);
    }
  }

  #value(json: unknown, at: string): PredicateValue {
    this.#count(at);
    const value = valueFromJson(json);
    if (value === undefined) throw invalid("not a value", at);
    return value;
  }

  #count(at: string): void {
    if (++this.#items > MAX_ITEMS) throw invalid(`more than ${MAX_ITEMS} nodes and values`, at);
  }
}

function record(json: unknown, at: string): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid("not an object", at);
  return json as Record<string, unknown>;
}

function only(node: Record<string, unknown>, at: string, ...keys: readonly string[]): void {
  for (const key of Object.keys(node)) {
    if (key !== "op" && !keys.includes(key)) throw invalid("unknown key", `${at}.${key}`);
  }
}

function list<T>(json: unknown, at: string, read: (item: unknown, at: string) => T): T[] {
  if (!Array.isArray(json)) throw invalid("not a list", at);
  return json.map((item, i) => read(item, `${at}[${i}]`));
}

function text(json: unknown, at: string): string {
  if (typeof json !== "string") throw invalid("not a text", at);
  return json;
}

function invalid(clause: string, at: string): AtdataError<"FORMAT_INVALID"> {
  const place = at === "" ? "" : ` at ${at.slice(0, 200)}`;
  return new AtdataError("FORMAT_INVALID", `malformed predicate: ${clause}${place}`, { format: "atdata.predicate" });
}

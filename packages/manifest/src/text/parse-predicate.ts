import type { ComparisonOperator, Predicate, PredicateValue } from "@atdata/core";
import { syntaxError } from "./syntax-error.ts";
import { TokenCursor } from "./token-cursor.ts";
import type { Token } from "./tokens.ts";

/** Longest text, in UTF-16 units. */
const MAX_LENGTH = 1_000_000;

/** Most parentheses and `not`s around each other. */
export const MAX_NESTING = 64;

const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map<string, ComparisonOperator>([
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

const OPERATORS =
  "expected one of = != < <= > >= in between contains containsAny containsAll startsWith isNull, or not before one";

/** Words that stand for themselves where a field's name could be; as a name they need double quotes. */
const RESERVED = new Set(["and", "or", "not", "true", "false"]);

/**
 * Reads a predicate from text, as a command line gives it.
 *
 * `not` binds tightest, then `and`, then `or`; parentheses group. Operators stand behind a field: `= != < <= > >=`,
 * `in (…)`, `between … and …`, `contains …`, `containsAny (…)`, `containsAll (…)`, `startsWith …`, `isNull`; SQL's
 * `==`, `<>`, `is null`, `is not null` and `not` before an operator are read too. Keywords in any case; `true` and
 * `false` alone are predicates. Texts in single quotes, quotes in them doubled; bytes as `x'00ff'`; numbers with
 * exponent, `NaN`, `Infinity`; integers beyond ±2^53 become bigints. Names that are no identifiers, or are keywords, in
 * double quotes. Whether the fields exist is not looked at: core's `checkPredicate` does that.
 *
 * Limits: a million characters, 64 levels of nesting, 40 digits.
 *
 * @throws AtdataError `PREDICATE_INVALID` – field `column`, in characters from 1; the message shows the place.
 * @example
 * ```ts
 * import { parsePredicate } from "@atdata/manifest";
 * parsePredicate("label = 7 or tags contains 'dark'").op; // -> "or"
 * ```
 */
export function parsePredicate(text: string): Predicate {
  if (text.length > MAX_LENGTH) {
    throw syntaxError(text, MAX_LENGTH, `longer than ${MAX_LENGTH} characters`);
  }
  return new Parser(text).whole();
}

class Parser {
  readonly #cursor: TokenCursor;
  #nesting = 0;

  constructor(text: string) {
    this.#cursor = new TokenCursor(text);
  }

  whole(): Predicate {
    const predicate = this.#or();
    if (this.#cursor.token.kind !== "end") throw this.#cursor.expected("expected and, or, or the end");
    return predicate;
  }

  #or(): Predicate {
    return this.#junction("or", () => this.#junction("and", () => this.#unary()));
  }

  #junction(op: "and" | "or", part: () => Predicate): Predicate {
    const first = part();
    if (this.#cursor.keyword !== op) return first;
    const terms = [first];
    while (this.#cursor.take(op)) terms.push(part());
    return { op, terms };
  }

  #unary(): Predicate {
    if (this.#cursor.keyword === "not") return this.#nested(() => negation(this.#unary()));
    if (!this.#cursor.at("(")) return this.#test();
    return this.#nested(() => {
      const inner = this.#or();
      this.#cursor.close("expected and, or, or )");
      return inner;
    });
  }

  /** Passes over the token that opens something and reads that. */
  #nested(read: () => Predicate): Predicate {
    if (++this.#nesting > MAX_NESTING) throw this.#cursor.problem(`nested deeper than ${MAX_NESTING}`);
    this.#cursor.advance();
    const inner = read();
    this.#nesting--;
    return inner;
  }

  #test(): Predicate {
    const token = this.#cursor.token;
    if (this.#cursor.take("true")) return { op: "and", terms: [] };
    if (this.#cursor.take("false")) return { op: "or", terms: [] };
    if (token.kind !== "name" || RESERVED.has(this.#cursor.keyword ?? "")) {
      throw this.#cursor.expected("expected the name of a field, not or (", nameHint(token));
    }
    this.#cursor.advance();
    const field = nameOf(token);
    if (this.#cursor.take("is")) return this.#is(field);
    if (this.#cursor.take("not")) return negation(this.#tail(field));
    return this.#tail(field);
  }

  /** Reads what stands behind `field is`. */
  #is(field: string): Predicate {
    const negated = this.#cursor.take("not");
    if (!this.#cursor.take("null"))
      throw this.#cursor.expected(negated ? "expected null" : "expected null or not null");
    return negated ? negation({ op: "isNull", field }) : { op: "isNull", field };
  }

  /** Reads the operator behind a field, and what it is given. */
  #tail(field: string): Predicate {
    const comparison = this.#cursor.token.kind === "symbol" ? COMPARISONS.get(this.#cursor.token.text) : undefined;
    if (comparison !== undefined) {
      this.#cursor.advance();
      return { op: comparison, field, value: this.#value() };
    }
    if (this.#cursor.take("in")) return { op: "in", field, values: this.#list() };
    if (this.#cursor.take("contains")) return { op: "contains", field, value: this.#value() };
    if (this.#cursor.take("containsany")) return { op: "containsAny", field, values: this.#list() };
    if (this.#cursor.take("containsall")) return { op: "containsAll", field, values: this.#list() };
    if (this.#cursor.take("isnull")) return { op: "isNull", field };
    if (this.#cursor.take("between")) {
      const low = this.#value();
      if (!this.#cursor.take("and")) throw this.#cursor.expected("expected and, then the largest value");
      return { op: "between", field, low, high: this.#value() };
    }
    if (this.#cursor.take("startswith")) {
      const token = this.#cursor.token;
      const value = this.#value();
      if (typeof value === "string") return { op: "startsWith", field, value };
      throw this.#cursor.problem("expected a text in single quotes", undefined, token.at);
    }
    throw this.#cursor.expected(OPERATORS);
  }

  #list(): PredicateValue[] {
    if (!this.#cursor.at("(")) throw this.#cursor.expected("expected ( and a list of values");
    this.#cursor.advance();
    const values: PredicateValue[] = [];
    if (!this.#cursor.at(")")) {
      values.push(this.#value());
      while (this.#cursor.at(",")) {
        this.#cursor.advance();
        values.push(this.#value());
      }
    }
    this.#cursor.close("expected , or )");
    return values;
  }

  #value(): PredicateValue {
    const token = this.#cursor.token;
    const word = this.#cursor.keyword;
    const value = token.kind === "value" ? token.value : WORDS.get(word ?? "");
    if (value === undefined) {
      const hint = word === "null" ? "ask for null with isNull" : textHint(token);
      throw this.#cursor.expected("expected a value", hint);
    }
    this.#cursor.advance();
    return value;
  }
}

const WORDS: ReadonlyMap<string, PredicateValue> = new Map<string, PredicateValue>([
  ["true", true],
  ["false", false],
  ["nan", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
]);

function negation(term: Predicate): Predicate {
  return { op: "not", term };
}

function nameOf(token: Extract<Token, { kind: "name" }>): string {
  return token.quoted ? token.text.slice(1, -1).replaceAll('""', '"') : token.text;
}

function nameHint(token: Token): string | undefined {
  if (token.kind === "name") return `"${token.text}" when a field is called so`;
  return token.kind === "value" ? "the field first, then the operator, then the value" : undefined;
}

function textHint(token: Token): string | undefined {
  return token.kind === "name" ? `'${nameOf(token).replaceAll("'", "''")}' for a text` : undefined;
}

import { syntaxError } from "./syntax-error.ts";
import { nextToken, type Token } from "./tokens.ts";

/** Most characters of a token that an error repeats. */
const SHOWN = 40;

/** Goes through the tokens of a text, one at hand. */
export class TokenCursor {
  readonly #text: string;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#token = nextToken(text, 0);
  }

  /** The token at hand. */
  get token(): Token {
    return this.#token;
  }

  /** The word at hand in lower case, unless it stands in quotes. */
  get keyword(): string | undefined {
    return this.#token.kind === "name" && !this.#token.quoted ? this.#token.text.toLowerCase() : undefined;
  }

  /** Whether a symbol is at hand. */
  at(symbol: string): boolean {
    return this.#token.text === symbol;
  }

  /** Passes over the token at hand. */
  advance(): void {
    this.#token = nextToken(this.#text, this.#token.at + this.#token.text.length);
  }

  /** Passes over a keyword, if it is at hand. */
  take(word: string): boolean {
    if (this.keyword !== word) return false;
    this.advance();
    return true;
  }

  /** Passes over the closing parenthesis that must be at hand. */
  close(expected: string): void {
    if (!this.at(")")) throw this.expected(expected);
    this.advance();
  }

  /** Makes the error for something that is wrong at the token at hand, or elsewhere. */
  problem(problem: string, hint?: string, at: number = this.#token.at): Error {
    return syntaxError(this.#text, at, problem, hint);
  }

  /** Makes the error for a token that should be another. */
  expected(expected: string, hint?: string): Error {
    const { kind, text } = this.#token;
    const found = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
    return this.problem(`${expected}; found ${kind === "end" ? "the end" : found}`, hint);
  }
}

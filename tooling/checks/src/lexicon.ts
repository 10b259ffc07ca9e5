/** A definition inside a lexicon, with the members that the generator reads. */
export interface LexiconDef {
  readonly type: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, LexiconDef>>;
  readonly record?: LexiconDef;
  readonly items?: LexiconDef;
  readonly ref?: string;
  readonly refs?: readonly string[];
  readonly const?: string;
  readonly format?: string;
  readonly knownValues?: readonly string[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly accept?: readonly string[];
  readonly maxSize?: number;
}

/** A lexicon. */
export interface Lexicon {
  readonly id: string;
  readonly defs: Readonly<Record<string, LexiconDef>>;
}

/** Gives a definition's whole name: `<id>` for the main one, `<id>#<name>` for another. */
export function fullName(id: string, name: string): string {
  return name === "main" ? id : `${id}#${name}`;
}

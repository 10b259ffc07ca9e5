const BACKSLASH_U = (character: string): string =>
  `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, "0")}`;

/**
 * Makes text from outside safe for a terminal: control characters and those that turn the direction of writing become escapes.
 *
 * Keys, names and messages from a file could otherwise move the cursor, set colours or show something else than they are.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Surrogate}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, BACKSLASH_U);
}

/** Writes text in quotes, with escapes, cut to about `width` characters; what was cut has its length behind it. */
export function quote(text: string, width: number): string {
  // Only so much is looked at that a book in one field costs nothing.
  const head = [...text.slice(0, 2 * width + 2)];
  const whole = head.length <= width && head.join("").length === text.length;
  const shown = whole ? text : `${head.slice(0, width).join("")}…`;
  const escaped = plainText(JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"'));
  return whole ? `"${escaped}"` : `"${escaped}" (${text.length} characters)`;
}

import { AtdataError } from "@atdata/core";

/** Characters of a long text that are shown on either side of the mistake. */
const AROUND = 50;

/** Makes the error for a text that is no predicate: the text, and below it a caret under the mistake. */
export function syntaxError(
  text: string,
  at: number,
  problem: string,
  hint?: string,
): AtdataError<"PREDICATE_INVALID"> {
  // By code point, so that the caret stands right behind characters outside the basic plane too.
  const before = Array.from(text.slice(0, at));
  const after = Array.from(text.slice(at, at + 2 * AROUND));
  const shownBefore = before.length > AROUND ? `…${before.slice(-AROUND).join("")}` : before.join("");
  const shownAfter = after.length > AROUND ? `${after.slice(0, AROUND).join("")}…` : after.join("");
  // Line breaks and tabs would put the caret elsewhere.
  const line = `${shownBefore}${shownAfter}`.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
  const caret = `${" ".repeat(Array.from(shownBefore).length)}^`;
  return new AtdataError(
    "PREDICATE_INVALID",
    `a predicate cannot be read\n  ${line}\n  ${caret} ${problem}`,
    { column: before.length + 1 },
    hint === undefined ? {} : { hint },
  );
}

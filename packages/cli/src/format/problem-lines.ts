import type { Colors } from "../terminal.ts";
import { plainText } from "./text.ts";

/** Shows what is wrong, a line each: code, where, what. */
export function problemLines(
  problems: readonly { readonly code: string; readonly url: string; readonly what: string }[],
  colors: Colors,
): string[] {
  return problems.map(({ code, url, what }) => `${colors.red(code)}  ${plainText(url)}: ${plainText(what)}`);
}

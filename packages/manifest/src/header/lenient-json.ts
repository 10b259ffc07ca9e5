/**
 * Parses JSON in which Python may have written `NaN`, `Infinity` and `-Infinity`; those become null.
 *
 * Texts are left alone, whatever they say.
 *
 * @throws SyntaxError – it is not JSON otherwise.
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token[0] === '"' ? token : "null")),
    );
  }
}

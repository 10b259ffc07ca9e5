import { corrupt, type Place } from "./corrupt.ts";

/**
 * Writes a schema or a lens as Python's `json.dumps` could have: in ASCII.
 *
 * @throws TypeError – the value has no JSON form.
 */
export function toJsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${typeof value} has no JSON form`);
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Reads the text of a schema or a lens.
 *
 * @throws AtdataError `INDEX_CORRUPT` – it is not JSON.
 */
export function fromJsonText(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(place, "the text is not JSON", cause);
  }
}

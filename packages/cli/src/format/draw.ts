import type { NdArray } from "@atdata/core";

const SHADES = " ·:-=+*#%@";
const MIN_SIDE = 6;
const MAX_COLUMNS = 64;
const MAX_ROWS = 64;
/** The grey tones of 256-colour terminals: 232 is nearly black, 255 nearly white. */
const FIRST_GREY = 232;
const GREYS = 24;

/** Tells whether an array is a picture that a terminal has room for: 2-D, uint8, at least 6 and at most 64 pixels a side. */
export function isDrawable(array: NdArray): array is NdArray<"uint8"> {
  const [rows = 0, columns = 0] = array.shape;
  if (array.dtype !== "uint8" || array.shape.length !== 2) return false;
  return rows >= MIN_SIDE && columns >= MIN_SIDE && rows <= MAX_ROWS && columns <= MAX_COLUMNS;
}

/**
 * Draws a picture, one character for two pixels that lie above each other: characters are twice as high as wide.
 *
 * In colour each is a half block in two greys; without, a mark as heavy as the two are bright, on the darkest and brightest of
 * the picture's own range.
 */
export function drawPicture(array: NdArray<"uint8">, color: boolean): string[] {
  const [rows = 0, columns = 0] = array.shape;
  const [down = columns, right = 1] = array.strides ?? [];
  const { data } = array;
  const at = (row: number, column: number): number | undefined =>
    row < rows ? data[row * down + column * right] : undefined;
  const range = rangeOf(array);
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 2) {
    let line = "";
    for (let column = 0; column < columns; column++) {
      const top = at(row, column) as number;
      const bottom = at(row + 1, column);
      line += color ? halfBlock(top, bottom) : mark(top, bottom ?? top, range);
    }
    lines.push(color ? `${line}\x1b[0m` : line.trimEnd());
  }
  return lines;
}

function halfBlock(top: number, bottom: number | undefined): string {
  const background = bottom === undefined ? "49" : `48;5;${grey(bottom)}`;
  return `\x1b[38;5;${grey(top)};${background}m▀`;
}

function grey(value: number): number {
  return FIRST_GREY + Math.floor((value * GREYS) / 256);
}

function mark(top: number, bottom: number, [low, high]: readonly [number, number]): string {
  const level = high === low ? Number(high > 0) : ((top + bottom) / 2 - low) / (high - low);
  return SHADES[Math.round(level * (SHADES.length - 1))] as string;
}

function rangeOf({ data }: NdArray<"uint8">): readonly [number, number] {
  let low = 255;
  let high = 0;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

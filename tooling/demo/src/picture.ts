/** Draws a grey image with two pixels a character, one above the other. */
export function picture(image: Uint8Array, columns: number): string[] {
  const lines: string[] = [];
  const isInk = (at: number): boolean => (image[at] ?? 0) > 100;
  for (let row = 0; row < image.length / columns; row += 2) {
    let line = "";
    for (let column = 0; column < columns; column++) {
      const upper = isInk(row * columns + column);
      const lower = isInk((row + 1) * columns + column);
      line += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    }
    lines.push(line);
  }
  return lines;
}

/** What a digit needs to be drawn. */
export interface Drawable {
  readonly image: { readonly data: Uint8Array; readonly shape: readonly number[] };
  readonly label: number;
}

const SCALE = 3;

/** Draws digits with their labels on the page's canvas, ten in a row. */
export async function draw(digits: AsyncIterable<unknown>): Promise<number> {
  const canvas = document.querySelector("canvas") as HTMLCanvasElement;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.font = "14px sans-serif";
  context.imageSmoothingEnabled = false;
  let n = 0;
  for await (const sample of digits) {
    const { image, label } = sample as Drawable;
    const [height = 0, width = 0] = image.shape;
    const pixels = new ImageData(width, height);
    for (const [i, value] of image.data.entries()) {
      pixels.data.set([255 - value, 255 - value, 255 - value, 255], i * 4);
    }
    const [x, y] = [(n % 10) * 92 + 8, Math.floor(n / 10) * 112 + 8];
    context.drawImage(await createImageBitmap(pixels), x, y, width * SCALE, height * SCALE);
    context.fillText(String(label), x + 38, y + 100);
    n += 1;
  }
  return n;
}

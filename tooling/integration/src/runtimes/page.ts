import { openDataset } from "@atdata/wds";
import { type Findings, readBlobs, readOverHttp } from "./read.ts";

declare global {
  /** What the test waits for. */
  var findings: { overHttp?: Findings; fromFile?: Findings; error?: string };
}
globalThis.findings = {};

const SCALE = 3;

/** Draws the first digits with their labels. */
async function draw(url: string): Promise<void> {
  const canvas = document.querySelector("canvas") as HTMLCanvasElement;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.font = "14px sans-serif";
  context.imageSmoothingEnabled = false;
  let n = 0;
  for await (const sample of (await openDataset(url)).take(20)) {
    const { image, label } = sample as { image: { data: Uint8Array; shape: readonly number[] }; label: number };
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
}

async function guard(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    globalThis.findings.error = String(error);
  }
}

const input = document.querySelector("input") as HTMLInputElement;
input.addEventListener("change", () =>
  guard(async () => {
    globalThis.findings.fromFile = await readBlobs([...(input.files ?? [])]);
  }),
);
await guard(async () => {
  await draw(new URL("digits.tar", location.href).href);
  globalThis.findings.overHttp = await readOverHttp(location.origin);
});

/** What the READMEs' examples take for granted: samples of the user's own, shards in `data/`, and a server at example.org. */
import { readFile } from "node:fs/promises";
import { int, ndarray, sample } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";

const images = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int() });
const digit = (n: number) => ({
  image: { data: new Uint8Array(784).fill(n), shape: [28, 28], dtype: "uint8" as const },
  label: n < 30 ? 7 : n % 10,
  note: n % 3 === 0 ? "dark" : undefined,
});

Object.assign(globalThis, {
  async *digits() {
    for (let n = 0; n < 96; n++) yield digit(n);
  },
  async fetch(url: string | URL) {
    const { hostname, pathname } = new URL(url);
    if (hostname !== "example.org") throw new Error(`no host ${hostname}`);
    const bytes = await readFile(`served${pathname}`).catch(() => undefined);
    return new Response(bytes, { status: bytes === undefined ? 404 : 200 });
  },
});
const six = Array.from({ length: 6 }, (_, n) => ({ image: digit(n).image, label: n }));
await writeDataset(images, six, "data/mnist.tar", { maxSamples: 1, overwrite: true });
await writeDataset(images, six, "served/digits.tar", { overwrite: true });

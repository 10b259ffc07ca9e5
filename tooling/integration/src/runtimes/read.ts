import { type Dataset, type Infer, int, isAtdataError, ndarray, sample } from "@atdata/core";
import { openDataset } from "@atdata/wds";

/** What every runtime must find in the same shard. */
export interface Findings {
  readonly type: string | undefined;
  readonly samples: number;
  readonly pixels: number;
  readonly labels: readonly number[];
  readonly sevens: number;
  readonly batches: readonly string[];
  readonly byKey: unknown;
  readonly shuffled: readonly number[];
  /** Error code of a shard that is not what its sha256 says. */
  readonly damaged: string | undefined;
}

const Digit = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int() });
type Digit = Infer<typeof Digit>;

/** Reads the dataset `digits` below a url in every way, and `damaged` until it fails. */
export async function readOverHttp(base: string): Promise<Findings> {
  const untyped = await openDataset(`${base}/digits.tar`);
  const dataset = await openDataset(`${base}/digits.tar`, { type: Digit, verify: true });
  return { ...(await use(dataset)), type: untyped.type?.name, damaged: await codeOf(`${base}/damaged.tar`) };
}

/** Reads shards that a user chose; they have no sidecar. */
export async function readBlobs(blobs: readonly Blob[]): Promise<Findings> {
  return { ...(await use(await openDataset(blobs, { type: Digit }))), type: undefined, damaged: undefined };
}

async function use(dataset: Dataset<Digit>): Promise<Omit<Findings, "type" | "damaged">> {
  let pixels = 0;
  let samples = 0;
  const labels: number[] = [];
  for await (const { image, label } of dataset) {
    samples += 1;
    labels.push(label);
    for (const pixel of image.data) pixels += pixel;
  }
  let sevens = 0;
  for await (const _ of dataset.where((f) => f.label.eq(7))) sevens += 1;
  const batches: string[] = [];
  for await (const batch of dataset.batch(32)) batches.push(batch.image.shape.join("×"));
  const shuffled: number[] = [];
  for await (const { label } of dataset.shuffle({ seed: 3 }).take(10)) shuffled.push(label);
  return { samples, pixels, labels, sevens, batches, byKey: (await dataset.get("000000042"))?.label, shuffled };
}

async function codeOf(url: string): Promise<string | undefined> {
  try {
    for await (const _ of await openDataset(url));
    return undefined;
  } catch (error) {
    return isAtdataError(error) ? error.code : String(error);
  }
}

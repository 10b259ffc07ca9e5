import { createIndex, type DataStore, type Index, type IndexProvider, type ShardPlugin } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { diskStore } from "@atdata/local/disk";
import { connectS3, type S3Connection, s3Store } from "@atdata/local/s3";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { type Numbered, numbered } from "./numbers.ts";
import { openProvider } from "./open-provider.ts";

/** Where a worker of `children/datasets-forever.ts` writes, as JSON. */
export interface WorkPlace {
  /** Url or path of an index. */
  readonly index: string;
  /** Path of a folder, or a bucket. */
  readonly store:
    | string
    | {
        readonly endpoint: string;
        readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
        readonly bucket: string;
        readonly prefix: string;
      };
}

/** A work place that is open. */
export interface OpenPlace extends AsyncDisposable {
  readonly provider: IndexProvider;
  readonly store: DataStore;
  /** Of the repository `team`, which is both. */
  readonly index: Index;
}

/** What a worker says once something has been written for good. A name that all want is won by one of them. */
export type DatasetSaid =
  | { readonly did: "dataset"; readonly n: number }
  | { readonly did: "race"; readonly n: number; readonly won: boolean }
  | { readonly did: "entry"; readonly n: number; readonly id: string }
  | { readonly did: "named"; readonly n: number; readonly won: boolean };

/** Writes small enough that many are made, in several shards. */
export const WORK_OPTIONS: { readonly maxSamples: number; readonly plugins: ShardPlugin[] } = {
  maxSamples: 20,
  plugins: [manifests()],
};

/** The samples of the n-th step of a worker: a function of both alone. */
export function workSamples(worker: number, n: number): Numbered[] {
  return numbered(45 + ((n * 7 + worker * 3) % 20), { first: worker * 1_000_000 + n * 1000, length: 200 });
}

/** Opens the index and the store of a work place. */
export async function openPlace({ index: at, store: where }: WorkPlace): Promise<OpenPlace> {
  const provider = await openProvider(at);
  let client: S3Connection | undefined;
  if (typeof where !== "string") client = await connectS3(where);
  const store = typeof where === "string" ? diskStore(where) : s3Store(client as S3Connection, where);
  const team = { provider, store };
  const formats = [wds()];
  const { plugins } = WORK_OPTIONS;
  const index = createIndex({ repos: { team }, formats, plugins, createHasher: createNodeHasher });
  const dispose = async (): Promise<void> => {
    await index[Symbol.asyncDispose]();
    client?.destroy();
  };
  return { provider, store, index, [Symbol.asyncDispose]: dispose };
}

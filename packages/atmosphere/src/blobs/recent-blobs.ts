/** What is known of the blob that a url stands for. */
export interface LearnedBlob {
  /** Its CID. */
  readonly cid: string;
  /** Its length in bytes. */
  readonly size: number;
}

/** So many are remembered: shards and manifests of the largest datasets. */
const REMEMBERED = 100_000;

/** Remembers blobs by url; what was not used for longest is forgotten. */
export class RecentBlobs {
  readonly #blobs = new Map<string, LearnedBlob>();

  /** Gives what is remembered of a url. */
  get(url: string): LearnedBlob | undefined {
    const blob = this.#blobs.get(url);
    if (blob !== undefined) this.set(url, blob);
    return blob;
  }

  /** Remembers. */
  set(url: string, { cid, size }: LearnedBlob): void {
    this.#blobs.delete(url);
    this.#blobs.set(url, { cid, size });
    for (const oldest of this.#blobs.keys()) {
      if (this.#blobs.size <= REMEMBERED) break;
      this.#blobs.delete(oldest);
    }
  }
}

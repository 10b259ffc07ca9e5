import { AtdataError, type ShardSink, type StoredShard, writeEnded } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { callS3 } from "./call-s3.ts";
import { delay } from "./delay.ts";
import type { S3ClientLike } from "./s3-client.ts";
import { objectSize } from "./s3-source.ts";
import { parseS3Url } from "./s3-url.ts";

const PART_BYTES = 8 << 20;
/** Parts of the first length: they make 40 GiB. Some servers, such as R2, take no others. */
const EVEN_PARTS = 5000;
/** After so many more the length doubles, and 10,000 parts make more than the 5 TiB that an object may have. */
const STEP_PARTS = 500;
/** To 4 GiB, as a part may have 5. */
const DOUBLINGS = 9;
/** Bytes that are under way while the next part fills, or none if a part is longer. */
const UNDER_WAY_BYTES = 4 * PART_BYTES;
const COMPLETE_TRIES = 3;

/** How long part `n` is, counted from 0. */
export function partBytes(n: number): number {
  return PART_BYTES * 2 ** Math.min(DOUBLINGS, Math.max(0, Math.floor((n - EVEN_PARTS) / STEP_PARTS) + 1));
}

/**
 * One object that is uploaded in parts, several at a time, and is not there before `complete`.
 *
 * Memory: the parts under way and the one that fills, 40 MiB for shards up to 40 GiB.
 */
export class S3Upload implements ShardSink {
  readonly #client: S3ClientLike;
  readonly #url: string;
  readonly #hash = createNodeHasher();
  readonly #abort = new AbortController();
  /** Ends what is being sent: the caller's, or giving up. */
  readonly #signal: AbortSignal;
  readonly #parts: { PartNumber: number; ETag: string | undefined }[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #spare: Uint8Array[] = [];
  #id: string | undefined;
  #part: Uint8Array | undefined;
  #filled = 0;
  #started = 0;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #closed: Promise<StoredShard> | undefined;
  #completed = false;

  /** Prepares; `open` starts it. */
  constructor(client: S3ClientLike, url: string, signal?: AbortSignal | undefined) {
    this.#client = client;
    this.#url = url;
    const own = this.#abort.signal;
    this.#signal = signal === undefined ? own : AbortSignal.any([own, signal]);
  }

  /** Whether it was neither closed nor given up. */
  get isOpen(): boolean {
    return this.#closed === undefined && !this.#abort.signal.aborted;
  }

  /** Begins it at the server. */
  async open(): Promise<this> {
    const { bucket, key } = parseS3Url(this.#url);
    const command = { Bucket: bucket, Key: key };
    const { UploadId } = await callS3(
      this.#client,
      this.#url,
      (send, s3) => send(new s3.CreateMultipartUploadCommand(command)),
      { signal: this.#signal },
    );
    this.#id = UploadId;
    return this;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (!this.isOpen) throw writeEnded("write");
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      this.#part ??= this.#newPart();
      const piece = chunk.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#part.length) await this.#send();
    }
  }

  close(): Promise<StoredShard> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  /** Makes the object of its parts, and compares its length. */
  async complete(): Promise<void> {
    const { bucket, key } = parseS3Url(this.#url);
    const Parts = this.#parts.sort((a, b) => a.PartNumber - b.PartNumber);
    const command = { Bucket: bucket, Key: key, UploadId: this.#id, MultipartUpload: { Parts } };
    this.#completed = true;
    for (let tries = 1; ; tries++) {
      try {
        await callS3(this.#client, this.#url, (send, s3) => send(new s3.CompleteMultipartUploadCommand(command)));
        break;
      } catch (error) {
        // The answer to an earlier try may have been lost: then the upload is gone, and the object is there.
        const found = await objectSize(this.#client, this.#url).catch(() => undefined);
        if (found === this.#bytes) return;
        if (tries === COMPLETE_TRIES) throw error;
        await delay(tries);
      }
    }
    const found = await objectSize(this.#client, this.#url);
    if (found === this.#bytes) return;
    const clause = `the stored object has ${found ?? "no"} bytes of the ${this.#bytes} that were sent`;
    throw new AtdataError("IO_ERROR", clause, { url: this.#url });
  }

  /** Removes what was sent, as well as it can: parts, or the object itself. */
  async discard(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#underWay);
    this.#spare.length = 0;
    this.#part = undefined;
    const { bucket, key } = parseS3Url(this.#url);
    const [object, UploadId] = [{ Bucket: bucket, Key: key }, this.#id];
    const abort = callS3(this.#client, this.#url, (send, s3) =>
      send(new s3.AbortMultipartUploadCommand({ ...object, UploadId })),
    );
    await abort.catch(() => {});
    if (!this.#completed) return;
    const remove = callS3(this.#client, this.#url, (send, s3) => send(new s3.DeleteObjectCommand(object)));
    await remove.catch(() => {});
  }

  async #finish(): Promise<StoredShard> {
    if (this.#abort.signal.aborted) throw writeEnded("close");
    // An upload has a part, if an empty one.
    if (this.#filled > 0 || this.#started === 0) await this.#send();
    await Promise.all(this.#underWay);
    this.#check();
    this.#spare.length = 0;
    return { url: this.#url, bytes: this.#bytes, sha256: this.#hash.hex() };
  }

  #newPart(): Uint8Array {
    const length = partBytes(this.#started);
    const spare = this.#spare.pop();
    return spare?.length === length ? spare : new Uint8Array(length);
  }

  /** Sends the part that was filled, and waits while too much is under way. */
  async #send(): Promise<void> {
    this.#check();
    const whole = this.#part ?? new Uint8Array();
    const sending = this.#upload(whole.subarray(0, this.#filled), ++this.#started)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#underWay.delete(sending);
        this.#spare.push(whole);
      });
    this.#underWay.add(sending);
    this.#part = undefined;
    this.#filled = 0;
    while (this.#underWay.size * whole.length > UNDER_WAY_BYTES) await Promise.race(this.#underWay);
    this.#check();
  }

  async #upload(bytes: Uint8Array, number: number): Promise<void> {
    const { bucket, key } = parseS3Url(this.#url);
    const command = { Bucket: bucket, Key: key, UploadId: this.#id, PartNumber: number, Body: bytes };
    const { ETag } = await callS3(
      this.#client,
      this.#url,
      (send, s3) => send(new s3.UploadPartCommand({ ...command, ContentLength: bytes.length })),
      { signal: this.#signal },
    );
    this.#parts.push({ PartNumber: number, ETag });
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

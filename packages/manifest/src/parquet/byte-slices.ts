import { decodeText } from "./decode-text.ts";
import { textCache } from "./text-cache.ts";

/** Many short runs of bytes in few buffers: an array of their views would cost far more. */
export class ByteSlices {
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  /** Keeps what it is given. */
  constructor(bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.#ends = ends;
  }

  /** Number of runs. */
  get length(): number {
    return this.#starts.length;
  }

  /** Gives one run. Copies: no. */
  at(i: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[i], this.#ends[i]);
  }

  /** Decodes one run. */
  text(i: number): string {
    return decodeText(this.#bytes, this.#starts[i] as number, this.#ends[i] as number);
  }

  /** Decodes all, remembering texts: fields of few distinct values are common. */
  texts(): string[] {
    const decode = textCache();
    const texts: string[] = new Array(this.length);
    for (let i = 0; i < texts.length; i++) texts[i] = decode(this.#bytes, this.#starts[i], this.#ends[i]);
    return texts;
  }
}
